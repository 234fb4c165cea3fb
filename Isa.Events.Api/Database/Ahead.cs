using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace Isa.Events.Api.Database;

/// <summary>
/// A row that a work will ask for, named before the work runs. On a database that is a journey away, those of all works of a transaction are fetched in one
/// journey, after the event was locked; else it is an ordinary question. A work of the same transaction may overtake what it says, so a write that relies on
/// it says so itself: <see cref="WriteSession.Require"/>, or a unique index.
/// </summary>
public abstract class Ahead(string sql, object arguments)
{
    internal string Sql { get; } = sql;

    internal object Arguments { get; } = arguments;

    /// <summary>Keeps what was fetched, for one use.</summary>
    internal abstract void Take(DbDataReader reader, Func<DbDataReader, Type, Func<DbDataReader, object>> parser);

    /// <summary>Forgets what was fetched and not used.</summary>
    internal abstract void Forget();
}

/// <inheritdoc />
/// <typeparam name="T">The row.</typeparam>
public sealed class Ahead<T>(string sql, object arguments) : Ahead(sql, arguments)
{
    private (bool Fetched, T? Row) _kept;

    internal override void Take(DbDataReader reader, Func<DbDataReader, Type, Func<DbDataReader, object>> parser) =>
        _kept = (true, reader.Read() ? (T)parser(reader, typeof(T))(reader) : default);

    internal override void Forget() => _kept = default;

    internal bool TryUse(out T? row)
    {
        var kept = _kept;
        _kept = default;
        row = kept.Row;
        return kept.Fetched;
    }
}

/// <summary>All rows of a question that is named before they are wanted.</summary>
/// <typeparam name="T">The row.</typeparam>
public sealed class AheadList<T>(string sql, object arguments) : Ahead(sql, arguments)
{
    private List<T>? _kept;

    internal override void Take(DbDataReader reader, Func<DbDataReader, Type, Func<DbDataReader, object>> parser)
    {
        _kept = [];
        var parse = parser(reader, typeof(T));
        while (reader.Read()) _kept.Add((T)parse(reader));
    }

    internal override void Forget() => _kept = null;

    internal bool TryUse([NotNullWhen(true)] out List<T>? rows)
    {
        (rows, _kept) = (_kept, null);
        return rows is not null;
    }
}
