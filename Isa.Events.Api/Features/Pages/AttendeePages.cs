using Isa.Events.Api.Features.Invitations;
using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Features.Pages;

/// <summary>
/// Shows the pages of one attendee and answers their forms: by a redirect to the page where something was done, else by the page again, with what was typed and what
/// is wrong with it. A form that was sent twice leads to what the first one has reached.
/// </summary>
public sealed class AttendeePages(EventsDatabase database, CurrentEvents events, RegistrationAccess access, PageWriter writer, InvitationCodes codes, IOptions<ServerSettings> settings, TimeProvider time)
{
    /// <summary>Shows a page.</summary>
    internal async Task SendAsync(HttpContext context, LinkPurpose purpose, Func<PageView, PageWriter, string> render, CancellationToken ct)
    {
        if (await OpenAsync(context, purpose, ct) is not { } view) await SendUnknownAsync(context, purpose, ct);
        else await Html.SendWithFormAsync(context, render(view with { Note = NoteOf(context) }, writer));
    }

    /// <summary>Answers a form.</summary>
    /// <param name="context">The request.</param>
    /// <param name="which">The form.</param>
    /// <param name="render">The page it stands on.</param>
    /// <param name="act">Does what it asks for; null where it has answered by itself. Problems are shown on the page.</param>
    /// <param name="done">What it asked for, where that is so already.</param>
    /// <param name="ct">Gives up.</param>
    internal async Task AnswerAsync(HttpContext context, PageForm which, Func<PageView, PageWriter, string> render, Func<PageView, SentForm, IfMatch, Task<FormResult?>> act,
        Func<PageView, SentForm, Task<FormResult?>> done, CancellationToken ct)
    {
        var token = TokenOf(context, which.Purpose());
        if (await OpenAsync(context, which.Purpose(), ct) is not { } view)
        {
            await SendUnknownAsync(context, which.Purpose(), ct);
            return;
        }

        if (!SameOrigin.Sent(context.Request, settings.Value))
        {
            await SendShortAsync(context, view, which, PageWording.Foreign, StatusCodes.Status403Forbidden);
            return;
        }

        SentForm? sent = null;
        ProblemException refusal;
        try
        {
            sent = new SentForm(which, await FormBody.ReadAsync(context, settings.Value.MaxBodyBytes, ct));
            if (await ReachAsync(which, view, sent, act, done, ct) is { } result) await RedirectAsync(context, which, token, result);
            return;
        }
        catch (ProblemException e) when (e.Problem.Status < 500)
        {
            refusal = e;
        }
        catch (BadHttpRequestException e) when (e.StatusCode < 500)
        {
            refusal = new ProblemException(e.StatusCode == StatusCodes.Status413PayloadTooLarge ? Problem.PayloadTooLarge : Problem.MalformedRequest);
        }

        var status = refusal.Problem == Problem.VersionMismatch ? StatusCodes.Status409Conflict : refusal.Problem.Status;
        if (sent is null || status is not (StatusCodes.Status409Conflict or StatusCodes.Status422UnprocessableEntity)) await SendShortAsync(context, view, which, refusal.Problem.Detail, refusal.Problem.Status);
        else if (await FindAsync(which.Purpose(), token, ct) is not { } now) await SendUnknownAsync(context, which.Purpose(), ct);
        else await Html.SendWithFormAsync(context, render(Refused(now, sent, refusal), writer), status);
    }

    /// <summary>A registration by the token of a link; null where that opens nothing.</summary>
    internal async Task<PageView?> FindAsync(LinkPurpose purpose, string token, CancellationToken ct)
    {
        if (await access.FindAsync(purpose, token, ct) is not { } found || await events.FindAsync(found.Event.Id, null, ct) is not { } current) return null;
        var (registration, now) = (found.Registration, time.GetUtcNow());
        var (wait, again, invitee) = registration.IsActive && registration.WaitlistEntryId is null ? default : await database.ReadAsync(session =>
            (WaitlistEntry.Explain(session, current.Event, registration, now), registration.IsActive ? null : RegisterAgain.Find(session, registration), registration.IsActive ? null : Invitee.FreeAgain(session, registration)), ct);
        return new PageView(found with { Event = current.Event }, current, wait, again, token, now) { InvitationCode = invitee is null ? null : codes.Create(invitee.Id, invitee.CodeVersion) };
    }

    private async Task<PageView?> OpenAsync(HttpContext context, LinkPurpose purpose, CancellationToken ct)
    {
        var view = await FindAsync(purpose, TokenOf(context, purpose), ct);
        if (view is not null) RefusalPage.Speak(context, view.Language);
        return view;
    }

    // What was changed meanwhile is not changed unseen, unless it came to the same.
    private async Task<FormResult?> ReachAsync(PageForm which, PageView view, SentForm sent, Func<PageView, SentForm, IfMatch, Task<FormResult?>> act, Func<PageView, SentForm, Task<FormResult?>> done, CancellationToken ct)
    {
        try
        {
            if (writer.Tokens.IsFormToken(sent.Token, which.Name(), view.Registration)) return await act(view, sent, IfMatch.Of(view.Registration.Version));
        }
        catch (ProblemException e) when (e.Problem == Problem.VersionMismatch)
        {
        }

        return await FindAsync(which.Purpose(), view.Token, ct) is { } now && await done(now, sent) is { } reached ? reached : throw new ProblemException(Problem.VersionMismatch);
    }

    private static PageView Refused(PageView view, SentForm sent, ProblemException refusal)
    {
        if (refusal.Problem == Problem.VersionMismatch) return view with { Alert = PageWording.Stale.In(view.Language) };
        var errors = refusal.Errors.Select(e => (Field: sent.FieldOf(e), Text: e.Text(view.Language))).DistinctBy(e => e.Field).ToList();
        return view with { Alert = refusal.Problem.Detail.In(view.Language), Sent = new Sent(sent, [.. errors.Select(e => (e.Field, e.Text, PersonFields.LabelOf(view, e.Field)))]) };
    }

    private Task RedirectAsync(HttpContext context, PageForm which, string token, FormResult result)
    {
        var next = which == PageForm.Confirm ? token : writer.Tokens.Create(LinkPurpose.Manage, result.Registration);
        return Html.SeeOtherAsync(context, $"{PageForms.Page(which.Purpose(), next)}?done={RowTypes.Name(result.Note)}");
    }

    private static Task SendShortAsync(HttpContext context, PageView view, PageForm which, Sentence sentence, int status)
    {
        var title = PageWording.ErrorsTitle.In(view.Language);
        return Html.SendWithFormAsync(context, Html.Page(view.Language, title,
            $"<h1>{title}</h1><p role=\"alert\">{sentence.In(view.Language)}</p><p><a href=\"{PageForms.Page(which.Purpose(), view.Token)}\">{PageWording.Back.In(view.Language)}</a></p>"), status);
    }

    private async Task SendUnknownAsync(HttpContext context, LinkPurpose purpose, CancellationToken ct)
    {
        var renewed = await database.ReadAsync(session => writer.Tokens.WasOne(purpose, TokenOf(context, purpose), id => Registration.Find(session, id)), ct);
        await AttendeePage.SendUnknownAsync(context, purpose == LinkPurpose.Confirm ? PageWording.ConfirmUnknown : renewed ? PageWording.LinkRenewed : null);
    }

    private static string TokenOf(HttpContext context, LinkPurpose purpose) => (string)context.Request.RouteValues[purpose == LinkPurpose.Confirm ? "confirmToken" : "manageToken"]!;

    private static Sentence? NoteOf(HttpContext context)
    {
        var code = context.Request.Query["done"];
        foreach (var note in Enum.GetValues<PageNote>())
            if (code.Count == 1 && RowTypes.Name(note) == code[0]) return PageWording.Of(note);
        return null;
    }
}
