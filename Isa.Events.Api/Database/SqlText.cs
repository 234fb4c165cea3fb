using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Text.RegularExpressions;

namespace Isa.Events.Api.Database;

/// <summary>What a parameter of a statement is taken from: a property of the argument.</summary>
internal sealed record SqlArgument(Type Type, Func<object, object?> Get);

/// <summary>
/// One SQL constant, read once: which parameters it names, whether it writes. Constants are one object each for the life of the process, so they are found
/// by identity; hashing a thousand characters for every statement of every request would cost as much as some of them.
/// </summary>
internal sealed partial class SqlText
{
    private static readonly ConcurrentDictionary<object, SqlText> Known = new(ReferenceEqualityComparer.Instance);
    private static readonly ConcurrentDictionary<Type, Dictionary<string, SqlArgument>> Properties = new();
    private readonly ConcurrentDictionary<Type, SqlArgument[]> _sources = new();

    private SqlText(string sql)
    {
        Text = sql;
        Names = [.. ParameterNames().Matches(sql).Select(m => m.Groups[1].Value).Distinct(StringComparer.Ordinal)];
        Reads = sql.AsSpan().TrimStart().StartsWith("SELECT", StringComparison.Ordinal);
        ChangesEvents = EventChange().IsMatch(sql);
    }

    public string Text { get; }

    /// <summary>The names of its parameters, without the @, in the order they first stand in the text.</summary>
    public string[] Names { get; }

    /// <summary>Whether it changes nothing. SQL here writes its keywords in upper case; a test holds it to that.</summary>
    public bool Reads { get; }

    /// <summary>Whether it changes rows of <c>events</c>.</summary>
    public bool ChangesEvents { get; }

    /// <summary>The text with <c>$1</c>, <c>$2</c> … for the names.</summary>
    public string Numbered => field ??= ParameterNames().Replace(Text, m => $"${Array.IndexOf(Names, m.Groups[1].Value) + 1}");

    public static SqlText Of(string sql)
    {
        if (Known.TryGetValue(sql, out var known)) return known;
        if (Known.Count >= 10_000) Known.Clear(); // text that is made anew each time must not fill the memory
        return Known.GetOrAdd(sql, static key => new SqlText((string)key));
    }

    /// <summary>Where the parameters come from in an argument of this type, in the order of <see cref="Names"/>.</summary>
    public SqlArgument[] Sources(Type argument) => _sources.GetOrAdd(argument, type =>
    {
        var properties = Properties.GetOrAdd(type, Compile);
        return [.. Names.Select(name => properties.TryGetValue(name, out var property) ? property
            : throw new InvalidOperationException($"The statement wants @{name}, which its argument does not have: {Text}"))];
    });

    // Reflection for each of the forty values of a registration would cost as much as storing it.
    private static Dictionary<string, SqlArgument> Compile(Type type) => type.GetProperties().ToDictionary(property => property.Name, property =>
    {
        var argument = Expression.Parameter(typeof(object));
        var value = Expression.Property(Expression.Convert(argument, type), property);
        return new SqlArgument(property.PropertyType, Expression.Lambda<Func<object, object?>>(Expression.Convert(value, typeof(object)), argument).Compile());
    }, StringComparer.Ordinal);

    [GeneratedRegex(@"\b(UPDATE|INTO|DELETE FROM) events\b")]
    private static partial Regex EventChange();

    [GeneratedRegex("@([A-Za-z0-9_]+)")]
    private static partial Regex ParameterNames();
}
