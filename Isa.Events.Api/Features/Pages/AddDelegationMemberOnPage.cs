using Isa.Events.Api.Features.Invitations;
using Isa.Events.Api.Telemetry;
using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Features.Pages;

/// <summary>Registers one more member of a delegation, as <see cref="AddDelegationMembers"/> does.</summary>
public sealed class AddDelegationMemberOnPage(DelegationPage page, EventsDatabase database, RegistrationTokens tokens, CodeGuesses guesses, IOptions<ServerSettings> settings, Measures measures) : EndpointWithoutRequest
{
    private static readonly DelegationMembersRequestValidator Shape = new();

    public override void Configure()
    {
        Post("/d/{contactToken}/member");
        RoutePrefixOverride("");
        AllowAnonymous();
    }

    public override Task HandleAsync(CancellationToken ct) => page.AnswerAsync(HttpContext, PageForm.Member, async (view, form, match) =>
    {
        var request = MemberForm.Read(view, form);
        form.Check();
        Shape.Check(request);
        Delegation? after = null;
        var work = new Arrival(request, view.Delegation, view.Event, Caller.OfContact(view.Delegation), tokens, settings.Value) { Match = match };
        await work.WatchAsync(HttpContext, guesses, async () =>
        {
            await work.WriteAsync(HttpContext, database, IdempotencyKey.None(HttpContext), request, measures, ct);
            after = view.Delegation;
        }, ct);
        return after;
    }, PageNote.Added, MemberForm.IsThere, ct);
}
