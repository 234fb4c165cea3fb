namespace Isa.Events.Api.Features.Pages;

/// <summary>The forms on an attendee's pages. The name is a part of each one's token.</summary>
internal enum PageForm
{
    Site,
    Accept,
    Decline,
    Details,
    Deputy,
    Cancel,
    Register,
    Confirm,
    Keep,
    Contact,
    Member,
}

/// <summary>What a page says after a form was sent. The address carries the code, never the text.</summary>
internal enum PageNote
{
    Moved,
    Waiting,
    Stays,
    Accepted,
    Declined,
    Updated,
    Renewed,
    Replaced,
    Cancelled,
    Registered,
    Confirmed,
    Kept,
    Added,
}

/// <summary>What a form came to.</summary>
/// <param name="Registration">Whose page comes next.</param>
/// <param name="Note">What it says.</param>
internal sealed record FormResult(Registration Registration, PageNote Note);

internal static class PageForms
{
    public static string Name(this PageForm form) => RowTypes.Name(form);

    /// <summary>What its link may do.</summary>
    public static LinkPurpose Purpose(this PageForm form) => form switch
    {
        PageForm.Confirm => LinkPurpose.Confirm,
        PageForm.Contact or PageForm.Member => LinkPurpose.Contact,
        _ => LinkPurpose.Manage,
    };

    /// <summary>Where it is sent to, and back from. A path and no address: what a form may lead to is this very host (Content-Security-Policy).</summary>
    public static string Path(this PageForm form, string token) => form switch
    {
        PageForm.Confirm => $"/confirm/{token}",
        PageForm.Accept => $"/r/{token}/accept-offer",
        PageForm.Decline => $"/r/{token}/decline-offer",
        PageForm.Contact or PageForm.Member => $"/d/{token}/{form.Name()}",
        _ => $"/r/{token}/{form.Name()}",
    };

    /// <summary>The page that a form stands on.</summary>
    public static string Page(LinkPurpose purpose, string token) => purpose switch
    {
        LinkPurpose.Confirm => $"/confirm/{token}",
        LinkPurpose.Contact => $"/d/{token}",
        _ => $"/r/{token}",
    };
}
