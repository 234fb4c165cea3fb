using System.Collections.Concurrent;
using System.Data.Common;
using System.Linq.Expressions;
using System.Text.RegularExpressions;
using Dapper;

namespace Isa.Events.Api.Database;

/// <summary>
/// One SQL constant, prepared once on one connection and run many times. Parameters are taken by name from the properties of the argument;
/// rows are mapped by Dapper, whose mapper is kept with the statement.
/// </summary>
internal sealed partial class Statement : IDisposable
{
    private static readonly ConcurrentDictionary<Type, Dictionary<string, Func<object, object?>>> Getters = new();

    private readonly DbCommand _command;
    private readonly Func<object?, object> _toDatabase;
    private Type? _argumentType;
    private Func<object, object?>[] _sources = [];
    private (Type Type, Func<DbDataReader, object> Parse)? _row;

    public Statement(DbConnection connection, string sql, Func<object?, object> toDatabase)
    {
        _toDatabase = toDatabase;
        _command = connection.CreateCommand();
        _command.CommandText = sql;
        foreach (var name in ParameterNames().Matches(sql).Select(m => m.Groups[1].Value).Distinct(StringComparer.Ordinal))
        {
            var parameter = _command.CreateParameter();
            parameter.ParameterName = "@" + name;
            _command.Parameters.Add(parameter);
        }

        Reads = sql.AsSpan().TrimStart().StartsWith("SELECT", StringComparison.Ordinal);
        ChangesEvents = EventChange().IsMatch(sql);
    }

    /// <summary>Whether it changes nothing. SQL here writes its keywords in upper case; a test holds it to that.</summary>
    public bool Reads { get; }

    /// <summary>Whether it changes rows of <c>events</c>.</summary>
    public bool ChangesEvents { get; }

    public int Execute(DbTransaction? transaction, object? arguments)
    {
        Bind(transaction, arguments);
        return _command.ExecuteNonQuery();
    }

    public DbDataReader Open(DbTransaction? transaction, object? arguments)
    {
        Bind(transaction, arguments);
        return _command.ExecuteReader();
    }

    public Func<DbDataReader, object> RowParser<T>(DbDataReader reader)
    {
        if (_row is { } known && known.Type == typeof(T)) return known.Parse;
        _row = (typeof(T), reader.GetRowParser(typeof(T)));
        return _row.Value.Parse;
    }

    public void Dispose() => _command.Dispose();

    private void Bind(DbTransaction? transaction, object? arguments)
    {
        _command.Transaction = transaction;
        if (_command.Parameters.Count == 0) return;
        ArgumentNullException.ThrowIfNull(arguments);

        var type = arguments.GetType();
        if (type != _argumentType)
        {
            var getters = Getters.GetOrAdd(type, Compile);
            _sources = [.. _command.Parameters.Cast<DbParameter>().Select(p => getters.TryGetValue(p.ParameterName[1..], out var source)
                ? source
                : throw new InvalidOperationException($"The statement wants {p.ParameterName}, which its argument does not have: {_command.CommandText}"))];
            _argumentType = type;
        }

        for (var i = 0; i < _sources.Length; i++) _command.Parameters[i].Value = _toDatabase(_sources[i](arguments));
    }

    // Reflection for each of the forty values of a registration would cost as much as storing it.
    private static Dictionary<string, Func<object, object?>> Compile(Type type) => type.GetProperties().ToDictionary(property => property.Name, property =>
    {
        var argument = Expression.Parameter(typeof(object));
        var value = Expression.Property(Expression.Convert(argument, type), property);
        return Expression.Lambda<Func<object, object?>>(Expression.Convert(value, typeof(object)), argument).Compile();
    }, StringComparer.Ordinal);

    [GeneratedRegex(@"\b(UPDATE|INTO|DELETE FROM) events\b")]
    private static partial Regex EventChange();

    [GeneratedRegex("@([A-Za-z0-9_]+)")]
    private static partial Regex ParameterNames();
}
