namespace Isa.Events.Api.Email;

/// <summary>Renders what a row of the outbox says now: a letter for each of those concerned, none where nothing is to be said.</summary>
public delegate Task<IReadOnlyList<Letter>> RenderLetters(OutboxEntry entry, CancellationToken ct);
