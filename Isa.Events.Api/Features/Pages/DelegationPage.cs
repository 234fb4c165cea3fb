using System.Text;
using Isa.Events.Api.Features.Invites;
using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Features.Pages;

/// <summary>
/// The page of a delegation's contact: every member with what holds for them, and a link to the page where they are named, moved, replaced or cancelled. Opened by the
/// link of the mail that asks for it, it also confirms the contact's address.
/// </summary>
public sealed class DelegationPage(EventsDatabase database, CurrentEvents events, RegistrationTokens tokens, IOptions<ServerSettings> settings, TimeProvider time)
{
    internal async Task SendAsync(HttpContext context, CancellationToken ct)
    {
        if (await FindAsync(context, ct) is not var (delegation, current, mayConfirm)) await SendUnknownAsync(context, ct);
        else await Html.SendWithFormAsync(context, Render(delegation, current.Event, mayConfirm));
    }

    internal async Task ConfirmAsync(HttpContext context, CancellationToken ct)
    {
        if (await FindAsync(context, ct) is not var (delegation, current, mayConfirm))
        {
            await SendUnknownAsync(context, ct);
            return;
        }

        Problem? refusal = mayConfirm && SameOrigin.Sent(context.Request, settings.Value) ? null : Problem.NotAllowed;
        try
        {
            if (refusal is null) await ConfirmDelegation.ConfirmAsync(database, new FoundDelegation(delegation, current.Event, Actor.Attendee, null), ct);
        }
        catch (ProblemException e) when (e.Problem.Status < 500)
        {
            refusal = e.Problem;
        }

        if (refusal is not null)
        {
            await Html.SendWithFormAsync(context, Render(delegation, current.Event, mayConfirm, refusal), refusal.Status);
            return;
        }

        await Html.SeeOtherAsync(context, $"/d/{tokens.Create(LinkPurpose.Contact, delegation)}");
    }

    private async Task SendUnknownAsync(HttpContext context, CancellationToken ct)
    {
        var token = TokenOf(context);
        var renewed = await database.ReadAsync(session => tokens.WasOneOfDelegation(LinkPurpose.Contact, token, id => Delegation.Find(session, id)), ct);
        await AttendeePage.SendUnknownAsync(context, renewed ? PageWording.LinkRenewed : null);
    }

    private static string TokenOf(HttpContext context) => (string)context.Request.RouteValues["contactToken"]!;

    private async Task<(Delegation Delegation, CurrentEvent Current, bool MayConfirm)?> FindAsync(HttpContext context, CancellationToken ct)
    {
        var token = TokenOf(context);
        var (delegation, mayConfirm) = await database.ReadAsync(session => tokens.ReadDelegation(LinkPurpose.Contact, token, id => Delegation.Find(session, id)) is { } own
            ? (own, false) : (tokens.ReadDelegation(LinkPurpose.Confirm, token, id => Delegation.Find(session, id)), true), ct);
        if (delegation is not null) RefusalPage.Speak(context, delegation.Language);
        if (delegation is null || await events.FindAsync(delegation.EventId, null, ct) is not { } current) return null;
        return (await database.ReadAsync(session => DelegationAccess.WithMembers(session, delegation, current.Event, time.GetUtcNow()), ct), current, mayConfirm);
    }

    private string Render(Delegation delegation, Event evt, bool mayConfirm, Problem? refusal = null)
    {
        var language = delegation.Language;
        var now = time.GetUtcNow();
        var members = delegation.Members!;
        var active = members.Count(m => m.IsActive);
        var pending = members.Any(m => m.Status == RegistrationStatus.PendingConfirmation);
        var body = new StringBuilder();
        AttendeePage.Title(body, evt, language);
        if (refusal is not null) body.Append($"<div class=\"alert\" role=\"alert\"><p>{refusal.Detail.In(language)}</p></div>\n");
        var state = active == 0 ? PageWording.DelegationEnded.In(language) : pending ? PageWording.DelegationPending.In(language) : active == 1 ? PageWording.DelegationOfOne.In(language) : PageWording.DelegationOf.Fill(language, active);
        body.Append($"<p class=\"state{(active == 0 ? " off" : "")}\" role=\"status\">{Html.Encode(state)}</p>\n");
        if (pending && mayConfirm) body.Append($"<form method=\"post\"><button>{PageWording.ConfirmButton.In(language)}</button></form>\n");
        if (members.Any(m => m is { IsActive: true, NameFollows: true }) && delegation.NamesDueAt is { } due)
            body.Append($"<p>{Html.Encode(PageWording.NamesDue.Fill(language, Clock.Moment(due, evt.TimeZone, language)))}</p>\n");
        body.Append("<dl>\n");
        foreach (var member in members)
        {
            var said = Html.Encode(AttendeeState.Of(evt, member with { Language = language }, member.Waitlist, now));
            AttendeePage.Entry(body, Html.Encode(member.NameFollows ? PageWording.NameFollows.In(language) : member.FullName), $"{said}<br><a href=\"/r/{tokens.Create(LinkPurpose.Manage, member)}\">{PageWording.ToMember.In(language)}</a>");
        }

        body.Append("</dl>\n");
        return Html.Page(language, evt.Title.In(language, evt.DefaultLanguage), body.ToString());
    }
}
