namespace Isa.Events.Api.Features.Events;

/// <summary>One plain text in the languages it was written in.</summary>
public sealed record Texts
{
    public string? De { get; init; }

    public string? En { get; init; }

    public string? Zh { get; init; }

    /// <summary>The text in a language alone, or null.</summary>
    public string? this[Language language] => language switch { Language.De => De, Language.En => En, _ => Zh };

    public bool IsEmpty() => De is null && En is null && Zh is null;

    /// <summary>The text somebody reads: in their language, else in the event's, else in any there is.</summary>
    public string In(Language wanted, Language otherwise) => this[Resolve(wanted, otherwise)] ?? "";

    /// <summary>The language that <see cref="In"/> answers in.</summary>
    public Language Resolve(Language wanted, Language otherwise) =>
        this[wanted] is not null ? wanted : this[otherwise] is not null ? otherwise : En is not null ? Language.En : De is not null ? Language.De : Language.Zh;

    /// <summary>Only the entry that somebody reads; everything where no language was asked for.</summary>
    public Texts Only(Language? wanted, Language otherwise) => wanted is { } language
        ? Resolve(language, otherwise) switch { Language.De => new Texts { De = De }, Language.En => new Texts { En = En }, _ => new Texts { Zh = Zh } }
        : this;
}
