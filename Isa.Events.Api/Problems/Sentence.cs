namespace Isa.Events.Api.Problems;

/// <summary>One sentence for people, in the three languages of the product.</summary>
public sealed record Sentence(string De, string En, string Zh)
{
    public string In(Language language) => language switch { Language.De => De, Language.Zh => Zh, _ => En };
}
