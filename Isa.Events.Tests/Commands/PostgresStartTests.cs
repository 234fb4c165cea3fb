using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace Isa.Events.Tests.Commands;

/// <summary>What an operator sees who has PostgreSQL set wrongly, or rightly.</summary>
public sealed class PostgresStartTests : IDisposable
{
    private readonly string _folder = Path.Combine(Directory.CreateTempSubdirectory("isa-events-").FullName, "data");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_folder)!, recursive: true);

    [Theory]
    [InlineData("nonsense", "not a connection string")]
    [InlineData("Hots=db;Password=hush", "not a connection string")]
    [InlineData("Host=db;Port=many;Password=hush", "not a connection string")]
    [InlineData("Username=isa;Password=hush", "names no Host")]
    [InlineData("Host=127.0.0.1;Port=1;Database=isa;Username=isa;Password=hush", "127.0.0.1:1", "does not answer", "Start it")]
    [InlineData("Host=none.invalid;Database=isa;Username=isa;Password=hush", "none.invalid", "Correct Host")]
    public async Task A_wrong_connection_string_is_refused_in_one_line_without_its_password(string text, params string[] parts)
    {
        var end = (await ProgramProcess.RunAsync(_folder, $"migrate --Database:Postgres={text}")).ShouldRefuse([.. parts, "Database:Postgres"]);
        (end.Error + end.Output).ShouldNotContain("hush");
    }

    [Fact]
    public async Task A_wrong_password_is_said_to_be_one()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var refusing = RefuseAsync(listener);
        var end = (await ProgramProcess.RunAsync(_folder, $"migrate --Database:Postgres=Host=127.0.0.1;Port={((IPEndPoint)listener.LocalEndpoint).Port};Username=isa;Password=hush;Database=isa"))
            .ShouldRefuse("Database:Postgres", "refuses the user isa", "Password");
        (end.Error + end.Output).ShouldNotContain("hush");
        listener.Stop();
        await refusing;
    }

    [Fact]
    public async Task A_server_waits_for_its_database_and_says_so()
    {
        var end = await ProgramProcess.RunAsync(_folder, "serve --urls http://127.0.0.1:0 --Database:StartTimeoutSeconds=2 --Database:Postgres=Host=127.0.0.1;Port=1;Database=isa;Username=isa;Password=hush");
        end.ShouldRefuse("does not answer");
        end.Output.ShouldContain("Trying again");
        end.Took.ShouldBeGreaterThan(TimeSpan.FromSeconds(2));
        (end.Error + end.Output).ShouldNotContain("hush");
    }

    [Fact(SkipUnless = nameof(TestPostgres.IsThere), SkipType = typeof(TestPostgres), Skip = TestPostgres.Missing)]
    public async Task Says_what_the_server_lacks()
    {
        await using var postgres = await TestPostgres.CreateAsync();
        (await ProgramProcess.RunAsync(_folder, $"migrate --Database:Postgres={On("none_such")}")).ShouldRefuse("has no such database", "CREATE DATABASE none_such");
        var role = $"isa_powerless_{Guid.NewGuid():N}";
        await postgres.ExecuteAsync($"CREATE ROLE {role} LOGIN");
        try
        {
            (await ProgramProcess.RunAsync(_folder, $"migrate --Database:Postgres={On("postgres", role)}")).ShouldRefuse("create tables", role, "GRANT");
        }
        finally
        {
            await postgres.ExecuteAsync($"DROP ROLE {role}");
        }
    }

    [Fact(SkipUnless = nameof(TestPostgres.IsThere), SkipType = typeof(TestPostgres), Skip = TestPostgres.Missing)]
    public async Task The_commands_work_on_it()
    {
        await using var postgres = await TestPostgres.CreateAsync();
        var database = $"isa_{Guid.NewGuid():N}";
        await postgres.ExecuteAsync($"CREATE DATABASE {database}");
        try
        {
            var at = $"--Database:Postgres={On(database)}";
            (await ProgramProcess.RunAsync(_folder, $"migrate {at}")).ShouldDo("PostgreSQL", database);
            (await ProgramProcess.RunAsync(_folder, $"demo load {at}")).ShouldDo("isa-plenary");
            (await ProgramProcess.RunAsync(_folder, $"keys create --role partner --name Foshan --event isa-plenary {at}")).ShouldDo("isa_ptn_");
            (await ProgramProcess.RunAsync(_folder, $"keys list {at}")).ShouldDo("Foshan");
            (await ProgramProcess.RunAsync(_folder, $"check {at}")).ShouldDo("Nothing wrong");
            (await ProgramProcess.RunAsync(_folder, $"doctor {at}")).Output.ShouldContain("ok      Database");
            (await ProgramProcess.RunAsync(_folder, $"backup copy.db {at}")).ShouldRefuse("PostgreSQL", "docs/operations.md");
            await using (var connection = new NpgsqlConnection(On(database)))
            {
                await connection.OpenAsync(TestContext.Current.CancellationToken);
                await using var command = new NpgsqlCommand("UPDATE sites SET seats_taken = 3 WHERE id = 'hannover'", connection);
                await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            }

            var found = await ProgramProcess.RunAsync(_folder, $"check {at}");
            found.ExitCode.ShouldBe(1);
            found.Output.ShouldContain("site hannover");
        }
        finally
        {
            NpgsqlConnection.ClearAllPools();
            await postgres.ExecuteAsync($"DROP DATABASE {database} WITH (FORCE)");
        }
    }

    // Without blanks, which separate arguments here.
    private static string On(string database, string? user = null)
    {
        var target = new NpgsqlConnectionStringBuilder(TestPostgres.Server) { Database = database };
        if (user is not null) target.Username = user;
        target.Remove("Target Session Attributes");
        var first = target.Host!.Split(',')[0].Split(':');
        return $"Host={first[0]};Port={(first.Length > 1 ? first[1] : target.Port)};Username={target.Username};Password={target.Password};Database={database}";
    }

    // Says to everybody what PostgreSQL says of a wrong password (protocol 3.0, ErrorResponse).
    private static async Task RefuseAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync();
                var stream = client.GetStream();
                var request = new byte[1024];
                var read = await stream.ReadAsync(request);
                if (read == 8)
                {
                    await stream.WriteAsync("N"u8.ToArray()); // no TLS
                    _ = await stream.ReadAsync(request);
                }

                var fields = Encoding.ASCII.GetBytes("SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed for user \"isa\"\0\0");
                byte[] length = [0, 0, 0, (byte)(fields.Length + 4)];
                await stream.WriteAsync((byte[])[(byte)'E', .. length, .. fields]);
                await stream.FlushAsync();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException or InvalidOperationException)
        {
            // stopped
        }
    }
}
