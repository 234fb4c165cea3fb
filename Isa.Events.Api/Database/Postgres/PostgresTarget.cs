using System.Net.Sockets;
using Npgsql;

namespace Isa.Events.Api.Database.Postgres;

/// <summary>Reads <c>Database:Postgres</c>, and says of a server that does not answer what to do. Nothing here ever prints the connection string: it holds a password.</summary>
internal static class PostgresTarget
{
    /// <exception cref="SettingsException">It is no connection string.</exception>
    public static NpgsqlConnectionStringBuilder Read(string text)
    {
        NpgsqlConnectionStringBuilder target;
        try
        {
            target = new NpgsqlConnectionStringBuilder(text);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            // The provider's own message may quote what stands after a semicolon in a password.
            throw new SettingsException("Database:Postgres is not a connection string; it is written like Host=db.example.org;Port=5432;Database=isa;Username=isa;Password=…;SSL Mode=VerifyFull");
        }

        if (string.IsNullOrWhiteSpace(target.Host)) throw new SettingsException("Database:Postgres names no Host; it is written like Host=db.example.org;Port=5432;Database=isa;Username=isa;Password=…");
        if (string.IsNullOrWhiteSpace(target.Database) && string.IsNullOrWhiteSpace(target.Username)) throw new SettingsException("Database:Postgres names no Database.");
        if (target.Multiplexing) throw new SettingsException("Database:Postgres sets Multiplexing, which works without the transactions that are needed here; leave it out.");
        return target;
    }

    public static NpgsqlDataSource Open(NpgsqlConnectionStringBuilder target, int connections, int? writeBuffer = null)
    {
        var own = new NpgsqlConnectionStringBuilder(target.ConnectionString) { MaxPoolSize = connections, PersistSecurityInfo = false, IncludeErrorDetail = false, NoResetOnClose = true };
        Default("Application Name", "isa-events");
        Default("Timeout", 8);
        Default("Command Timeout", 15);
        Default("Cancellation Timeout", 2000);
        Default("Max Auto Prepare", 100);
        Default("Auto Prepare Min Usages", 2);
        Default("Tcp Keepalive", true);
        Default("Host Recheck Seconds", 2);
        // In one piece where possible: a process that is stopped between two pieces leaves the server waiting for the second.
        if (writeBuffer is { } bytes) Default("Write Buffer Size", bytes);
        var builder = new NpgsqlDataSourceBuilder(own.ConnectionString);
        // Everything is read from the primary too: a standby lags, and somebody who has just registered would not be there.
        return target.ShouldSerialize("Target Session Attributes") || !target.Host!.Contains(',') ? builder.Build() : builder.BuildMultiHost().WithTargetSession(TargetSessionAttributes.Primary);

        void Default(string name, object value)
        {
            if (!target.ShouldSerialize(name)) own[name] = value;
        }
    }

    /// <summary>Host and database, without user and password.</summary>
    public static string Describe(NpgsqlConnectionStringBuilder target) =>
        $"PostgreSQL at {string.Join(", ", target.Host!.Split(',').Select(host => host.Contains(':') || host.StartsWith('/') ? host : $"{host}:{target.Port}"))}, database {target.Database ?? target.Username}";

    /// <summary>One line that names the setting and the remedy.</summary>
    public static DatabaseUnreachableException Explain(NpgsqlConnectionStringBuilder target, Exception e)
    {
        var cause = e is AggregateException { InnerException: { } first } ? first : e;
        var (mayCome, what) = cause switch
        {
            PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } => (false, $"refuses the user {target.Username}. Correct Username and Password, or the server's pg_hba.conf"),
            PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } => (false, $"has no such database. Create it: CREATE DATABASE {target.Database} ENCODING 'UTF8'"),
            PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } => (false, $"does not let the user {target.Username} create tables. GRANT CREATE, USAGE ON SCHEMA public TO {target.Username}, or let that user own the database"),
            PostgresException { SqlState: PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown } => (true, "is starting or stopping"),
            PostgresException { SqlState: PostgresErrorCodes.TooManyConnections } => (true, "has no connection free. Raise its max_connections, or lower Database:MaxReaders and Database:MaxWriters"),
            PostgresException { SqlState: PostgresErrorCodes.DiskFull } => (false, "has no room on its disk left"),
            PostgresException other => (false, $"says: {other.MessageText} ({other.SqlState})"),
            { InnerException: SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData } } => (true, "is not found under this name. Correct Host"),
            { InnerException: SocketException socket } => (true, $"does not answer ({socket.SocketErrorCode}). Start it, or correct Host and Port"),
            { InnerException: System.Security.Authentication.AuthenticationException } => (false, "has a certificate that is not trusted. Give its root in Root Certificate, or correct Host"),
            { InnerException: TimeoutException } or TimeoutException => (true, "does not answer in time. Start it, or correct Host and Port"),
            _ => (true, $"cannot be used: {cause.Message.TrimEnd('.')}"),
        };
        return new DatabaseUnreachableException($"Database:Postgres: {Describe(target)} {what}.", mayCome, e);
    }
}
