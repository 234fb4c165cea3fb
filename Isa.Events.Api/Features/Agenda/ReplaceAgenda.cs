using System.Text.RegularExpressions;

namespace Isa.Events.Api.Features.Agenda;

/// <summary>Puts a list of items in the place of the one before. An uploaded document stays.</summary>
public sealed class ReplaceAgenda(EventEdit edits, AgendaSender sender) : Endpoint<ReplaceAgendaRequest, AgendaAnswer>
{
    public override void Configure()
    {
        Put("/events/{event}/agenda");
        Policies(Access.Organizer);
    }

    public override async Task HandleAsync(ReplaceAgendaRequest request, CancellationToken ct)
    {
        Parameters.None(HttpContext);
        var current = await edits.RunAsync(HttpContext, IfMatch.Require(HttpContext), (session, evt) =>
        {
            for (var i = 0; i < request.Items!.Count; i++)
                if (request.Items[i].WrongIn(evt) is { } wrong) throw new ProblemException(Problem.ValidationFailed, [wrong with { Field = $"items[{i}].{wrong.Field}" }]);
            (AgendaRow.Find(session, evt.Id) with { Items = request.Items }).Store(session, evt.Id);
            return evt with { Revision = evt.Revision + 1 }; // calendar entries list the items
        }, ct);
        await sender.SendAsync(HttpContext, current.Current.Event, null, "no-store", ct);
    }
}

public sealed record ReplaceAgendaRequest
{
    public IReadOnlyList<AgendaItem>? Items { get; init; }
}

public sealed class ReplaceAgendaRequestValidator : Validator<ReplaceAgendaRequest>
{
    public ReplaceAgendaRequestValidator()
    {
        RuleFor(r => r.Items).Present().AtMost(200);
        RuleForEach(r => r.Items).SetValidator(new AgendaItemValidator());
    }
}

public sealed partial class AgendaItemValidator : Validator<AgendaItem>
{
    public AgendaItemValidator()
    {
        RuleFor(i => i.Day).Must(day => day is null or >= 1 and <= 60).Fails(FieldCode.OutOfRange, 1, 60);
        RuleFor(i => i.From).Present().Must(IsClock).Fails(FieldCode.InvalidTime);
        RuleFor(i => i.To).Must(IsClock).Fails(FieldCode.InvalidTime);
        RuleFor(i => i.Title).Present().Texts(200, multiLine: false);
        RuleFor(i => i.Speaker).Line(200);
        RuleFor(i => i.Description).Texts(2000, multiLine: true);
    }

    private static bool IsClock(string? text) => text is null || Clock().IsMatch(text);

    [GeneratedRegex(@"^([01]\d|2[0-3]):[0-5]\d([+-]\d\d:\d\d)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Clock();
}
