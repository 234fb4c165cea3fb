namespace Isa.Events.Api.Database;

/// <summary>Carries what would have come of a work out of a transaction that is undone.</summary>
internal sealed class Undone<T>(T outcome) : Exception("Not to be stored.")
{
    public T Outcome => outcome;
}
