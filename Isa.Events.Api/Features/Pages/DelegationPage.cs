using System.Text;
using Isa.Events.Api.Features.Invites;
using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Features.Pages;

/// <summary>
/// The page of a delegation's contact: every member with what holds for them, a link to the page where they are named, moved, replaced or cancelled, and the forms by which
/// another speaks for them and more of them come. Opened by the link of the mail that asks for it, it confirms the contact's address, and has no other form.
/// </summary>
public sealed class DelegationPage(EventsDatabase database, CurrentEvents events, PageWriter writer, IOptions<ServerSettings> settings, TimeProvider time)
{
    internal async Task SendAsync(HttpContext context, CancellationToken ct)
    {
        if (await FindAsync(context, ct) is not { } view) await SendUnknownAsync(context, ct);
        else await Html.SendWithFormAsync(context, Render(view with { Note = AttendeePages.NoteOf(context) }));
    }

    internal async Task ConfirmAsync(HttpContext context, CancellationToken ct)
    {
        if (await FindAsync(context, ct) is not { } view)
        {
            await SendUnknownAsync(context, ct);
            return;
        }

        Problem? refusal = view.MayConfirm && SameOrigin.Sent(context.Request, settings.Value) ? null : Problem.NotAllowed;
        try
        {
            if (refusal is null) await ConfirmDelegation.ConfirmAsync(database, view.Found, ct);
        }
        catch (ProblemException e) when (e.Problem.Status < 500)
        {
            refusal = e.Problem;
        }

        if (refusal is not null)
        {
            await Html.SendWithFormAsync(context, Render(view with { Alert = refusal.Detail.In(view.Language) }), refusal.Status);
            return;
        }

        await Html.SeeOtherAsync(context, $"/d/{writer.Tokens.Create(LinkPurpose.Contact, view.Delegation)}");
    }

    /// <summary>Answers a form, as <see cref="AttendeePages"/> does.</summary>
    /// <param name="context">The request.</param>
    /// <param name="which">The form.</param>
    /// <param name="act">Does what it asks for, and gives the delegation as it is then; null where it has answered by itself.</param>
    /// <param name="note">What the page says then.</param>
    /// <param name="done">Whether what it asked for is so already.</param>
    /// <param name="ct">Gives up.</param>
    internal async Task AnswerAsync(HttpContext context, PageForm which, Func<DelegationView, SentForm, IfMatch, Task<Delegation?>> act, PageNote note, Func<DelegationView, SentForm, bool> done, CancellationToken ct)
    {
        if (await FindAsync(context, ct) is not { MayConfirm: false } view)
        {
            await SendUnknownAsync(context, ct);
            return;
        }

        if (!SameOrigin.Sent(context.Request, settings.Value))
        {
            await AttendeePages.SendShortAsync(context, view, which, PageWording.Foreign, StatusCodes.Status403Forbidden);
            return;
        }

        if (await AttendeePages.TryAsync(context, which, settings.Value, async sent =>
            {
                if (await ReachAsync(context, view, sent, act, done, ct) is not { } after) return;
                if (after.TokenVersion == view.Delegation.TokenVersion) await Html.SeeOtherAsync(context, $"{PageForms.Page(LinkPurpose.Contact, view.Token)}?done={RowTypes.Name(note)}");
                else await SendHandedOverAsync(context, view, after);
            }, ct) is not var (sent, refusal)) return;
        if (!AttendeePages.ShowsForm(sent, refusal, out var status)) await AttendeePages.SendShortAsync(context, view, which, refusal.Detail, refusal.Problem.Status);
        else if (await FindAsync(context, ct) is not { } now) await SendUnknownAsync(context, ct);
        else await Html.SendWithFormAsync(context, Render((DelegationView)now.Refused(sent, refusal)), status);
    }

    private async Task<Delegation?> ReachAsync(HttpContext context, DelegationView view, SentForm sent, Func<DelegationView, SentForm, IfMatch, Task<Delegation?>> act, Func<DelegationView, SentForm, bool> done, CancellationToken ct)
    {
        try
        {
            if (writer.IsToken(sent, view)) return await act(view, sent, IfMatch.Of(view.Delegation.Version));
        }
        catch (ProblemException e) when (e.Problem == Problem.VersionMismatch)
        {
        }

        return await FindAsync(context, ct) is { MayConfirm: false } now && done(now, sent) ? now.Delegation : throw new ProblemException(Problem.VersionMismatch);
    }

    // Whoever has only a link has handed the delegation over with it: the new one is for the new address.
    private static Task SendHandedOverAsync(HttpContext context, DelegationView view, Delegation after)
    {
        var body = new StringBuilder();
        AttendeePage.Title(body, view.Event, view.Language);
        body.Append($"<p class=\"state\" role=\"status\">{Html.Encode(PageWording.ContactChanged.Fill(view.Language, after.ContactEmail))}</p>\n");
        return Html.SendAsync(context, PageWriter.Page(view, view.Event.Title.In(view.Language, view.Event.DefaultLanguage), body), StatusCodes.Status200OK);
    }

    private async Task SendUnknownAsync(HttpContext context, CancellationToken ct)
    {
        var token = TokenOf(context);
        var renewed = await database.ReadAsync(session => writer.Tokens.WasOneOfDelegation(LinkPurpose.Contact, token, id => Delegation.Find(session, id)), ct);
        await AttendeePage.SendUnknownAsync(context, renewed ? PageWording.LinkRenewed : null);
    }

    private static string TokenOf(HttpContext context) => (string)context.Request.RouteValues["contactToken"]!;

    private async Task<DelegationView?> FindAsync(HttpContext context, CancellationToken ct)
    {
        var token = TokenOf(context);
        var (delegation, mayConfirm) = await database.ReadAsync(session => writer.Tokens.ReadDelegation(LinkPurpose.Contact, token, id => Delegation.Find(session, id)) is { } own
            ? (own, false) : (writer.Tokens.ReadDelegation(LinkPurpose.Confirm, token, id => Delegation.Find(session, id)), true), ct);
        if (delegation is not null) RefusalPage.Speak(context, delegation.Language);
        if (delegation is null || await events.FindAsync(delegation.EventId, null, ct) is not { } current) return null;
        var now = time.GetUtcNow();
        return new DelegationView(await database.ReadAsync(session => DelegationAccess.WithMembers(session, delegation, current.Event, now), ct), current, mayConfirm, token, now);
    }

    private string Render(DelegationView view)
    {
        var (delegation, evt, language, active) = (view.Delegation, view.Event, view.Language, view.Active);
        var ended = active.Count == 0 || evt.EndedBy(view.Now) is not null;
        var pending = !ended && active.Exists(m => m.Status == RegistrationStatus.PendingConfirmation);
        var body = new StringBuilder();
        PageWriter.Head(body, view);
        body.Append($"<p class=\"state{(active.Count == 0 || evt.Status == EventStatus.Cancelled ? " off" : "")}\" role=\"status\">{Html.Encode(State())}</p>\n");
        if (pending && view.MayConfirm) body.Append($"<form method=\"post\"><button>{PageWording.ConfirmButton.In(language)}</button></form>\n");
        if (!ended && active.Exists(m => m.NameFollows) && delegation.NamesDueAt is { } due)
            body.Append($"<p>{Html.Encode(PageWording.NamesDue.Fill(language, Clock.Until(due, evt.TimeZone, language)))}</p>\n");
        body.Append("<dl>\n");
        foreach (var member in delegation.Members!.Where(m => m is not { NameFollows: true, EndReason: EndReason.Replaced })) // who was named instead stands there
        {
            var said = Html.Encode(AttendeeState.Of(evt, member with { Language = language }, member.Waitlist, view.Now, isForContact: true));
            AttendeePage.Entry(body, Html.Encode(member.NameFollows ? PageWording.NameFollows.In(language) : member.FullName), $"{said}<br><a href=\"/r/{writer.Tokens.Create(LinkPurpose.Manage, member)}\">{PageWording.ToMember.In(language)}</a>");
        }

        foreach (var left in ended ? [] : delegation.LeftOut ?? [])
            AttendeePage.Entry(body, Html.Encode(left.FullName ?? PageWording.NameFollows.In(language)), Html.Encode(LeftOut.Reason(left.Code).In(language)));
        body.Append("</dl>\n");
        MemberForm.Write(body, view, writer);
        ContactForm.Write(body, view, writer);
        return PageWriter.Page(view, evt.Title.In(language, evt.DefaultLanguage), body);

        string State() => active.Count == 0 ? (delegation.Members!.All(m => m.Status == RegistrationStatus.Declined || m.EndReason == EndReason.Replaced) ? PageWording.DelegationDeclined : PageWording.DelegationEnded).In(language)
            : evt.Status == EventStatus.Cancelled ? Wording.StateEventCancelled.In(language)
            : ended ? Wording.StateOver.In(language)
            : pending ? PageWording.DelegationPending.In(language)
            : active.Count == 1 ? PageWording.DelegationOfOne.In(language) : PageWording.DelegationOf.Fill(language, active.Count);
    }
}
