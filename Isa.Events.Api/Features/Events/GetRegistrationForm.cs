using System.Text.Json;

namespace Isa.Events.Api.Features.Events;

/// <summary>Gives a website all it needs to draw the form in one language: fields with their words and limits, questions, sites, the notice.</summary>
public sealed class GetRegistrationForm(CurrentEvents events, TimeProvider time) : EndpointWithoutRequest<RegistrationForm>
{
    public override void Configure()
    {
        Get("/events/{event}/registration-form");
        AllowAnonymous();
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        var query = new Parameters(HttpContext);
        var wanted = query.Language("language");
        var siteId = query.Line("siteId", 40);
        var audience = query.Name<Audience>("audience");
        query.RefuseOthers();
        var caller = HttpContext.GetCaller();
        var current = await events.GetAsync(Route<string>("event")!, caller, ct);
        if (siteId is not null && current.Event.Site(siteId) is null) throw new ProblemException(Problem.MalformedRequest, "siteId", FieldCode.UnknownSite);

        var (now, language) = (time.GetUtcNow(), wanted ?? current.Event.DefaultLanguage);
        var rendered = current.Rendered($"form {language} {siteId} {audience}", now, () =>
            RenderedEvent.Of(current.Event, JsonSerializer.SerializeToUtf8Bytes(RegistrationForm.From(current, language, siteId, audience, now), Json.Wire), now));
        await Conditional.SendAsync(HttpContext, rendered.Body, rendered.Tag, "application/json; charset=utf-8", caller is null ? "public, max-age=30" : "private, no-cache");
    }
}
