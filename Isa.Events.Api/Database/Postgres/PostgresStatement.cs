using System.Collections.Concurrent;
using System.Data.Common;
using Dapper;
using Npgsql;

namespace Isa.Events.Api.Database.Postgres;

/// <summary>One SQL constant as PostgreSQL takes it: numbered parameters, each with its type. The same for all connections; the provider prepares it on each by itself.</summary>
internal sealed class PostgresStatement
{
    private static readonly ConcurrentDictionary<object, PostgresStatement> Known = new(ReferenceEqualityComparer.Instance);
    private readonly ConcurrentDictionary<Type, Func<DbDataReader, object>> _parsers = new();
    private readonly SqlText _text;

    private PostgresStatement(string sql) => _text = SqlText.Of(sql);

    public static PostgresStatement Of(string sql)
    {
        if (Known.TryGetValue(sql, out var known)) return known;
        if (Known.Count >= 10_000) Known.Clear();
        return Known.GetOrAdd(sql, static key => new PostgresStatement((string)key));
    }

    public NpgsqlBatchCommand Command(object? arguments)
    {
        var command = new NpgsqlBatchCommand(_text.Numbered);
        if (_text.Names.Length == 0) return command;
        ArgumentNullException.ThrowIfNull(arguments);
        foreach (var source in _text.Sources(arguments.GetType()))
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = RowTypes.PostgresType(source.Type), Value = RowTypes.ToPostgres(source.Get(arguments)) });
        return command;
    }

    /// <summary>Dapper's mapper from this statement's rows.</summary>
    public Func<DbDataReader, object> Parser(DbDataReader reader, Type type)
    {
        if (_parsers.TryGetValue(type, out var parser)) return parser;
        return _parsers[type] = reader.GetRowParser(type);
    }
}
