using System.Text;

namespace Isa.Events.Api.Features.Pages;

/// <summary>The sites that somebody may go to now, wait for, or stay at without waiting.</summary>
internal static class SiteForm
{
    private const string WaitsFor = "wait:";

    public static void Write(StringBuilder body, PageView view, PageWriter page)
    {
        var options = Options(view).ToList();
        if (!options.Exists(o => o.Enabled)) return;
        var form = ManageBody.Fold(body, view, PageForm.Site, PageWording.ChangeSite, page);
        form.Choose("site", PageWording.ChangeSiteLegend, options);
        if (view.Sent?.Form is { Which: PageForm.Site } sent) Ask(form, view, SiteOf(sent.Typed("site"))); // without scripts what a site asks is only known once it was chosen and sent
        if (QueuedFor(view) is { } waitsFor && view.Registration.Status == RegistrationStatus.Confirmed) form.Tick("keepWaiting", PageWording.KeepWaiting.Fill(view.Language, view.Name(waitsFor)));
        form.Close(PageWording.ChangeSiteButton);
        body.Append("</details>\n");
    }

    public static ChangeSiteRequest Read(PageView view, SentForm form)
    {
        var site = form.Text("site");
        var request = new ChangeSiteRequest
        {
            SiteId = SiteOf(site),
            WhenFull = site == SiteOf(site) ? WhenFull.Reject : WhenFull.Waitlist,
            KeepWaiting = form.Ticked("keepWaiting"),
            Answers = form.Answer(Unanswered(view, SiteOf(site)), null),
        };
        form.Check();
        return request;
    }

    private static string? SiteOf(string? choice) => choice?.StartsWith(WaitsFor, StringComparison.Ordinal) == true ? choice[WaitsFor.Length..] : choice;

    /// <summary>What a site asks of them that they have not answered.</summary>
    public static void Ask(FormHtml form, PageView view, string? siteId)
    {
        if (Unanswered(view, siteId) is not { Count: > 0 } asked) return;
        form.Text(PageWording.SiteAsks);
        PersonFields.Write(form, view, asked, null);
    }

    /// <summary>These questions. Where they stay nothing is asked.</summary>
    public static List<Question> Unanswered(PageView view, string? siteId) => view.Event.Site(siteId) is not { } site || view.Registration.AttendsAt(site) ? []
        : [.. PersonFields.Asked(view.Event, [siteId], view.Registration.Audience, view.Language).Where(q => view.Registration.Answers?.Any(a => a.Question == q.Id) != true)];

    private static string? QueuedFor(PageView view) => view.Wait is { State: EntryState.Queued } wait ? wait.SiteId : null;

    private static IEnumerable<(string Value, string Label, bool Enabled)> Options(PageView view)
    {
        var (evt, registration, language) = (view.Event, view.Registration, view.Language);
        foreach (var site in evt.Sites)
        {
            if (ChangeSite.Refusal(evt, registration, site.Id, Actor.Attendee, view.Now) is not null) continue;
            var name = view.Name(site.Id);
            if (registration.AttendsAt(site))
            {
                if (QueuedFor(view) is not null) yield return (site.Id, PageWording.StayHere.Fill(language, name), true);
            }
            else if (Seats.AreFor(evt, site, view.Current.SeatsOf(site.Id), 1, view.Now)) yield return (site.Id, Free(view, site), true);
            else if (view.Wait?.SiteId == site.Id) continue; // they wait for it, or have an answer to give
            else if (!ChangeSite.MayWaitFor(evt, registration, site, view.Now)) yield return (site.Id, PageWording.FullSite.Fill(language, name), false);
            else yield return (WaitsFor + site.Id, Waiting(view, site, (registration.Status == RegistrationStatus.Confirmed ? PageWording.KeepAndWait : PageWording.WaitThere).Fill(language, name)), true);
        }
    }

    /// <summary>A site with free seats, as much as the event tells of them.</summary>
    public static string Free(ShownPage view, Site site)
    {
        var (language, name) = (view.Language, view.Name(site.Id));
        var shown = Shown(view, site);
        return shown switch
        {
            { Free: 1 } => PageWording.OneFreeSeat.Fill(language, name),
            { Free: { } free } => PageWording.FreeSeats.Fill(language, name, free),
            { Level: AvailabilityLevel.Few } => PageWording.FewSeats.Fill(language, name),
            { Level: AvailabilityLevel.Free } when site.Capacity is not null => PageWording.SomeSeats.Fill(language, name),
            _ => name,
        };
    }

    /// <summary>How many wait already, where the event tells numbers.</summary>
    public static string Waiting(ShownPage view, Site site, string label) => Shown(view, site).Waiting switch
    {
        null or 0 => label,
        1 => PageWording.OneWaiting.Fill(view.Language, label),
        { } waiting => PageWording.AlreadyWaiting.Fill(view.Language, label, waiting),
    };

    private static SiteAvailability Shown(ShownPage view, Site site) => AvailabilityAnswer.From(view.Current, null, view.Now).Sites.First(s => s.SiteId == site.Id);
}
