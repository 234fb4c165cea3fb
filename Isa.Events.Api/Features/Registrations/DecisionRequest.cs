namespace Isa.Events.Api.Features.Registrations;

/// <summary>What an organiser says with a decision.</summary>
public sealed record DecisionRequest
{
    private static readonly DecisionRequestValidator Shape = new();

    /// <summary>Told to the person; in their language.</summary>
    public string? Text { get; init; }

    /// <summary>From a request that takes nothing else; without a body nothing is said.</summary>
    public static async Task<DecisionRequest> ReadAsync(HttpContext context, CancellationToken ct)
    {
        Parameters.None(context);
        var request = await Body.ReadOptionalAsync<DecisionRequest>(context.Request, ct);
        Shape.Check(request);
        return request;
    }
}

public sealed class DecisionRequestValidator : Validator<DecisionRequest>
{
    public DecisionRequestValidator() => RuleFor(r => r.Text).Paragraphs(1000);
}
