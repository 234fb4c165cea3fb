using System.Data.Common;

namespace Isa.Events.Api.Database;

/// <summary>
/// One snapshot of the database. SQL comes as a constant with <c>@Name</c> parameters, taken from the properties of the argument; one statement per call.
/// Not thread-safe, and of no use after the work it was handed to has returned.
/// </summary>
public class ReadSession : IDisposable
{
    private readonly Dictionary<string, Statement> _statements = [];
    private readonly Func<object?, object> _toDatabase;

    internal ReadSession(DbConnection connection, Func<object?, object> toDatabase)
    {
        Connection = connection;
        _toDatabase = toDatabase;
    }

    internal DbConnection Connection { get; }

    internal DbTransaction? Transaction { get; private set; }

    /// <summary>The one row, or null (the default of <typeparamref name="T"/>) where there is none.</summary>
    public virtual T? One<T>(string sql, object? arguments = null)
    {
        var statement = Prepared(sql);
        using var reader = statement.Open(Transaction, arguments);
        return reader.Read() ? (T)statement.RowParser<T>(reader)(reader) : default;
    }

    /// <summary>All rows, read into memory.</summary>
    public List<T> Query<T>(string sql, object? arguments = null) => [.. Stream<T>(sql, arguments)];

    /// <summary>The rows one after another, for lists that must not be held in memory. No other statement may run until it is read to its end.</summary>
    public virtual IEnumerable<T> Stream<T>(string sql, object? arguments = null)
    {
        var statement = Prepared(sql);
        using var reader = statement.Open(Transaction, arguments);
        var parse = statement.RowParser<T>(reader);
        while (reader.Read()) yield return (T)parse(reader);
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values) statement.Dispose();
        Transaction?.Dispose();
        Connection.Dispose();
        GC.SuppressFinalize(this);
    }

    internal void Begin(DbTransaction transaction) => Transaction = transaction;

    internal void End()
    {
        Transaction?.Dispose();
        Transaction = null;
    }

    internal Statement Prepared(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement)) _statements.Add(sql, statement = new Statement(Connection, sql, _toDatabase));
        return statement;
    }
}
