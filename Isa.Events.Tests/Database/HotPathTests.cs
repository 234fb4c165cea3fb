using Isa.Events.Api.Database;
using Isa.Events.Api.Database.Sqlite;
using Isa.Events.Api.Features.Events;
using Isa.Events.Api.Features.Partners;
using Isa.Events.Api.Features.Registrations;
using Isa.Events.Api.Http;
using Isa.Events.Api.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using SQLitePCL;

namespace Isa.Events.Tests.Database;

/// <summary>What a rush pays for: every statement here is paid by each registration, on the one thread that writes.</summary>
public class HotPathTests
{
    [Fact]
    public async Task A_plain_registration_costs_the_writer_these_statements_and_no_other()
    {
        await using var host = new EventsHost { Kind = DatabaseKind.Sqlite };
        await host.InitializeAsync();
        var id = await host.EventAsync();
        var evt = await host.Database.ReadAsync(session => Event.Find(session, id)!, CancellationToken.None);
        using var session = host.Database.Engine.OpenWriter();
        var statements = new List<string>();
        raw.sqlite3_trace(((SqliteChannel)session.Channel).Connection.Handle, (_, sql) => statements.Add(sql), null);
        Register(); // reads the event, which is kept from then on
        statements.Clear();
        Register();
        raw.sqlite3_trace(((SqliteChannel)session.Channel).Connection.Handle, (strdelegate_trace?)null, null);
        statements.Select(Short).ShouldBe(
        [
            "BEGIN IMMEDIATE", "SELECT idempotency_keys", "SELECT events", "SELECT registrations", "UPDATE sites", "INSERT registrations", "INSERT history", "INSERT outbox", "INSERT idempotency_keys", "COMMIT",
        ]);

        void Register()
        {
            var caller = new Caller { KeyId = "key_1", HolderId = "hld_1", Name = "Website", Role = Role.Partner, IsTest = false };
            var name = Guid.NewGuid().ToString("N");
            var context = new DefaultHttpContext { RequestServices = host.Services };
            context.Request.Path = $"/v1/events/{id}/registrations";
            context.Request.Headers["Idempotency-Key"] = name;
            var request = new RegistrationRequest { SiteId = "zoom", FullName = "Erika Beispiel", Email = $"{name}@example.org", Language = Isa.Events.Api.Http.Language.De, Audience = Audience.Guest, NoticeVersion = "1" };
            var wanted = request.ToRegistration(evt, caller) with { Reference = NewRegistration.NewReference("ISA") };
            var (rival, key) = (Rival.Of(wanted), IdempotencyKey.Read(context, nameof(RegisterForEvent), "hld_1"));
            var work = key.Once(request, s => RegisterForEvent.Register(s, id, request, wanted, rival, new SeatLook(), caller, host.Services.GetRequiredService<RegistrationTokens>(), host.Services.GetRequiredService<IOptions<ServerSettings>>().Value).Id!);
            session.Begin(id, Instant.Cut(EventsHost.Start), [.. key.Ahead, rival]);
            work(session);
            session.Channel.Commit();
            session.Channel.End();
        }
    }

    // The verb and the first table it names.
    private static string Short(string sql)
    {
        var words = sql.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words[0] switch
        {
            "SELECT" => $"SELECT {words[Array.IndexOf(words, "FROM") + 1]}",
            "INSERT" => $"INSERT {words[2]}",
            "UPDATE" => $"UPDATE {words[1]}",
            _ => sql.TrimEnd(';'),
        };
    }
}
