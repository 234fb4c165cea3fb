using System.Collections.Concurrent;
using System.Data;
using System.Text.Json;
using Dapper;
using Isa.Events.Api.Email;
using Isa.Events.Api.Features.Actions;
using Isa.Events.Api.Features.Agenda;
using NpgsqlTypes;

namespace Isa.Events.Api.Database;

/// <summary>How the product's types stand in columns: instants as fixed-width text, enums by their name on the wire, texts and lists as JSON.</summary>
internal static class RowTypes
{
    private static readonly ConcurrentDictionary<Enum, string> EnumNames = new();
    private static readonly Lock Gate = new();
    private static bool _registered;

    /// <summary>Tells Dapper. Once per process, before the first query: its mappers are kept for good.</summary>
    public static void Register()
    {
        lock (Gate)
        {
            if (_registered) return;
            _registered = true;
            DefaultTypeMap.MatchNamesWithUnderscores = true;
            SqlMapper.RemoveTypeMap(typeof(DateTimeOffset));
            SqlMapper.RemoveTypeMap(typeof(DateTimeOffset?));
            SqlMapper.AddTypeHandler(new InstantHandler());
            SqlMapper.AddTypeHandler(new JsonHandler<Texts>());
            SqlMapper.AddTypeHandler(new JsonHandler<PrivacyNotice>());
            SqlMapper.AddTypeHandler(new JsonHandler<Meeting>());
            SqlMapper.AddTypeHandler(new JsonHandler<EventRules>());
            SqlMapper.AddTypeHandler(new JsonHandler<SiteWaitlist>());
            SqlMapper.AddTypeHandler(new JsonHandler<HistoryDetails>());
            SqlMapper.AddTypeHandler(new JsonHandler<OutboxDetails>());
            SqlMapper.AddTypeHandler(new JsonHandler<ToldInvite>());
            SqlMapper.AddTypeHandler(new JsonHandler<ActionDetails>());
            SqlMapper.AddTypeHandler(new JsonHandler<OrganizerWords>());
            SqlMapper.AddTypeHandler(new JsonHandler<IReadOnlyList<Audience>>());
            SqlMapper.AddTypeHandler(new JsonHandler<IReadOnlyList<LeftOut>>());
            SqlMapper.AddTypeHandler(new JsonHandler<IReadOnlyList<AgendaItem>>());
            SqlMapper.AddTypeHandler(new JsonHandler<IReadOnlyList<Consent>>());
            SqlMapper.AddTypeHandler(new JsonHandler<IReadOnlyList<Question>>());
            SqlMapper.AddTypeHandler(new JsonHandler<IReadOnlyList<AnsweredQuestion>>());
        }
    }

    /// <summary>A value as SQLite takes it.</summary>
    public static object ToSqlite(object? value) => value switch
    {
        null => DBNull.Value,
        string or long or int or byte[] => value,
        bool flag => flag ? 1L : 0L,
        DateTimeOffset instant => Instant.ToText(instant),
        Enum name => Name(name),
        Texts or PrivacyNotice or Meeting or EventRules or SiteWaitlist or HistoryDetails or OutboxDetails or ToldInvite or ActionDetails or OrganizerWords or IReadOnlyList<Audience> or IReadOnlyList<AgendaItem> or IReadOnlyList<Consent>
            or IReadOnlyList<LeftOut> or IReadOnlyList<Question> or IReadOnlyList<AnsweredQuestion>
            => JsonSerializer.Serialize(value, value.GetType(), Json.Stored),
        _ => throw new InvalidOperationException($"No column takes a {value.GetType().Name}."),
    };

    /// <summary>A value as PostgreSQL takes it.</summary>
    public static object ToPostgres(object? value) => value switch
    {
        bool => value,
        DateTimeOffset instant => instant.UtcDateTime,
        _ => ToSqlite(value),
    };

    /// <summary>The type of a parameter on PostgreSQL, also where its value is null.</summary>
    public static NpgsqlDbType PostgresType(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var t when t == typeof(bool) => NpgsqlDbType.Boolean,
        var t when t == typeof(long) || t == typeof(int) => NpgsqlDbType.Bigint,
        var t when t == typeof(DateTimeOffset) => NpgsqlDbType.TimestampTz,
        var t when t == typeof(byte[]) => NpgsqlDbType.Bytea,
        _ => NpgsqlDbType.Text,
    };

    /// <summary>An enum's name as the contract and the columns spell it.</summary>
    public static string Name(Enum value) => EnumNames.GetOrAdd(value, v => JsonNamingPolicy.CamelCase.ConvertName(v.ToString()));

    private sealed class InstantHandler : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override DateTimeOffset Parse(object value) => value is DateTime utc ? new DateTimeOffset(utc) : Instant.Parse((string)value);

        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value) => parameter.Value = Instant.ToText(value);
    }

    private sealed class JsonHandler<T> : SqlMapper.TypeHandler<T>
    {
        public override T? Parse(object value) => JsonSerializer.Deserialize<T>((string)value, Json.Stored);

        public override void SetValue(IDbDataParameter parameter, T? value) => parameter.Value = JsonSerializer.Serialize(value, Json.Stored);
    }
}
