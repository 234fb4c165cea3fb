namespace Isa.Events.Api.Database;

/// <summary>
/// One snapshot of the database. SQL comes as a constant with <c>@Name</c> parameters, taken from the properties of the argument; one statement per call.
/// Not thread-safe, and of no use after the work it was handed to has returned.
/// </summary>
public class ReadSession : IDisposable
{
    internal ReadSession(SqlChannel channel) => Channel = channel;

    internal SqlChannel Channel { get; }

    /// <summary>How many more questions it may be asked, where that is limited.</summary>
    internal int? QuestionsLeft { get; set; }

    /// <summary>The one row, or null (the default of <typeparamref name="T"/>) where there is none.</summary>
    public virtual T? One<T>(string sql, object? arguments = null)
    {
        Count();
        return Channel.One<T>(sql, arguments);
    }

    /// <summary>All rows, read into memory.</summary>
    public List<T> Query<T>(string sql, object? arguments = null) => [.. Stream<T>(sql, arguments)];

    /// <summary>The rows one after another, for lists that must not be held in memory. No other statement may run until it is read to its end.</summary>
    public virtual IEnumerable<T> Stream<T>(string sql, object? arguments = null)
    {
        Count();
        return Channel.Stream<T>(sql, arguments);
    }

    public void Dispose()
    {
        Channel.Dispose();
        GC.SuppressFinalize(this);
    }

    private void Count()
    {
        if (QuestionsLeft-- == 0) throw new InvalidOperationException("A second question needs a snapshot.");
    }
}
