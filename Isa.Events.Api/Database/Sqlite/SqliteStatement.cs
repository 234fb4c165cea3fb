using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Isa.Events.Api.Database.Sqlite;

/// <summary>
/// One SQL constant, prepared once on one connection and run many times. Parameters are taken by name from the properties of the argument;
/// rows are mapped by Dapper, whose mapper is kept with the statement.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly SqliteCommand _command;
    private readonly SqlText _text;
    private Type? _argumentType;
    private SqlArgument[] _sources = [];
    private (Type Type, Func<DbDataReader, object> Parse)? _row;

    public SqliteStatement(SqliteConnection connection, SqlText text)
    {
        _text = text;
        _command = connection.CreateCommand();
        _command.CommandText = text.Text;
        foreach (var name in text.Names) _command.Parameters.Add(new SqliteParameter { ParameterName = "@" + name });
    }

    public bool Reads => _text.Reads;

    public int Execute(SqliteTransaction? transaction, object? arguments)
    {
        Bind(transaction, arguments);
        return _command.ExecuteNonQuery();
    }

    public SqliteDataReader Open(SqliteTransaction? transaction, object? arguments)
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

    private void Bind(SqliteTransaction? transaction, object? arguments)
    {
        _command.Transaction = transaction;
        if (_command.Parameters.Count == 0) return;
        ArgumentNullException.ThrowIfNull(arguments);
        var type = arguments.GetType();
        if (type != _argumentType) (_sources, _argumentType) = (_text.Sources(type), type);
        for (var i = 0; i < _sources.Length; i++) _command.Parameters[i].Value = RowTypes.ToSqlite(_sources[i].Get(arguments));
    }
}
