using System.Diagnostics.CodeAnalysis;
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

        if (await TryAsync(context, which, settings.Value, async sent =>
            {
                if (await ReachAsync(which, view, sent, act, done, ct) is { } result) await RedirectAsync(context, which, token, result);
            }, ct) is not var (sent, refusal)) return;
        if (!ShowsForm(sent, refusal, out var status)) await SendShortAsync(context, view, which, refusal.Detail, refusal.Problem.Status);
        else if (await FindAsync(which.Purpose(), token, ct) is not { } now) await SendUnknownAsync(context, which.Purpose(), ct);
        else await Html.SendWithFormAsync(context, render((PageView)now.Refused(sent, refusal), writer), status);
    }

    /// <summary>Reads a form and does what it asks for.</summary>
    /// <returns>Why not, with the form where it could be read; null where it was done.</returns>
    internal static async Task<(SentForm? Sent, ProblemException Refusal)?> TryAsync(HttpContext context, PageForm which, ServerSettings settings, Func<SentForm, Task> act, CancellationToken ct)
    {
        SentForm? sent = null;
        try
        {
            sent = new SentForm(which, await FormBody.ReadAsync(context, settings.MaxBodyBytes, ct));
            await act(sent);
            return null;
        }
        catch (ProblemException e) when (e.Problem.Status < 500)
        {
            return (sent, e);
        }
        catch (BadHttpRequestException e) when (e.StatusCode < 500)
        {
            return (sent, new ProblemException(e.StatusCode == StatusCodes.Status413PayloadTooLarge ? Problem.PayloadTooLarge : Problem.MalformedRequest));
        }
    }

    /// <summary>Whether what was refused is shown in the form; nobody can mend the rest there.</summary>
    internal static bool ShowsForm([NotNullWhen(true)] SentForm? sent, ProblemException refusal, out int status)
    {
        status = refusal.Problem == Problem.VersionMismatch ? StatusCodes.Status409Conflict : refusal.Problem.Status;
        return sent is not null && status is (StatusCodes.Status409Conflict or StatusCodes.Status422UnprocessableEntity);
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
            if (writer.IsToken(sent, view)) return await act(view, sent, IfMatch.Of(view.Registration.Version));
        }
        catch (ProblemException e) when (e.Problem == Problem.VersionMismatch)
        {
        }

        return await FindAsync(which.Purpose(), view.Token, ct) is { } now && await done(now, sent) is { } reached ? reached : throw new ProblemException(Problem.VersionMismatch);
    }

    private Task RedirectAsync(HttpContext context, PageForm which, string token, FormResult result)
    {
        var next = which == PageForm.Confirm ? token : writer.Tokens.Create(LinkPurpose.Manage, result.Registration);
        return Html.SeeOtherAsync(context, $"{PageForms.Page(which.Purpose(), next)}?done={RowTypes.Name(result.Note)}");
    }

    internal static Task SendShortAsync(HttpContext context, ShownPage view, PageForm which, Sentence sentence, int status)
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

    internal static Sentence? NoteOf(HttpContext context)
    {
        var code = context.Request.Query["done"];
        foreach (var note in Enum.GetValues<PageNote>())
            if (code.Count == 1 && RowTypes.Name(note) == code[0]) return PageWording.Of(note);
        return null;
    }
}
