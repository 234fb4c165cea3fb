using System.Text;

namespace Isa.Events.Api.Features.Pages;

/// <summary>Says what cancelling will do, before it is done.</summary>
internal static class CancelBody
{
    /// <summary>Whether there is anything to cancel.</summary>
    public static bool IsShown(PageView view) => view.Registration.IsActive && view.Event.Status != EventStatus.Cancelled && CancelRegistration.Refusal(view.Event, view.Now) is null;

    public static string Render(PageView view, PageWriter page)
    {
        if (!IsShown(view)) return ManageBody.Render(view, page);
        var (evt, registration, language) = (view.Event, view.Registration, view.Language);
        var body = new StringBuilder();
        PageWriter.Head(body, view, PageWording.CancelHeading);
        AttendeePage.State(body, evt, registration, view.Wait, view.Now);
        var place = view.Name(registration.SiteId);
        if (registration.Status == RegistrationStatus.Confirmed) Say(PageWording.CancelSeat, place);
        else if (registration.Status != RegistrationStatus.Waitlisted) Say(PageWording.CancelPending, place);
        if (view.Wait is { } wait) Say(PageWording.CancelQueue, view.Name(wait.SiteId));
        Say(evt.RefusalAt(view.Now) is null ? PageWording.CancelAgain : PageWording.CancelForGood);
        new FormHtml(body, view, PageForm.Cancel, page).Close(PageWording.CancelButton, danger: true);
        body.Append($"<p class=\"files\"><a href=\"{PageForms.Page(LinkPurpose.Manage, view.Token)}\">{PageWording.Keep.In(language)}</a></p>\n");
        return PageWriter.Page(view, PageWording.Cancel.In(language), body);

        void Say(Sentence sentence, string? name = null) => body.Append($"<p>{Html.Encode(sentence.Fill(language, name))}</p>\n");
    }
}
