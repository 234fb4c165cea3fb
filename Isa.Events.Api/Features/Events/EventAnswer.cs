using System.Text.Json;
using Isa.Events.Api.Features.Actions;
using Isa.Events.Api.Features.Agenda;

namespace Isa.Events.Api.Features.Events;

/// <summary>An event as a caller sees it.</summary>
public sealed record EventAnswer
{
    public required string Id { get; init; }

    public required string Slug { get; init; }

    public required EventStatus Status { get; init; }

    public bool? IsTest { get; init; }

    public required long Version { get; init; }

    public string? Series { get; init; }

    public required Language DefaultLanguage { get; init; }

    public required Texts Title { get; init; }

    public Texts? Description { get; init; }

    public required string TimeZone { get; init; }

    public required string StartsAt { get; init; }

    public required string EndsAt { get; init; }

    public string? RegistrationOpens { get; init; }

    public string? RegistrationCloses { get; init; }

    public required RegistrationWindow Registration { get; init; }

    public required IReadOnlyList<Site> Sites { get; init; }

    public required IReadOnlyList<Audience> Audiences { get; init; }

    public required EventRules Rules { get; init; }

    public IReadOnlyList<Question>? Questions { get; init; }

    public Organizer? Organizer { get; init; }

    public PrivacyNotice? PrivacyNotice { get; init; }

    public required Availability Availability { get; init; }

    public Cancellation? Cancellation { get; init; }

    public required EventLinks Links { get; init; }

    public required string UpdatedAt { get; init; }

    /// <summary>What the edit would do: only where a dry run was asked for.</summary>
    public SiteDryRun? DryRun { get; init; }

    /// <summary>Whom the edit would tell what: only where a dry run was asked for.</summary>
    public IReadOnlyList<WouldTell>? WouldTell { get; init; }

    /// <summary>What becomes of the agenda's items, or would: only where an edit changes the event's time.</summary>
    public AgendaMove? AgendaMove { get; init; }

    /// <summary>The edit, where it can still be undone.</summary>
    public HeldAction? Action { get; init; }

    /// <summary>What this caller sees of it now. Texts come in one language where one was asked for.</summary>
    public static EventAnswer From(CurrentEvent current, Caller? caller, Language? language, DateTimeOffset now, ServerSettings settings)
    {
        var evt = current.Event;
        var zone = evt.Zone;
        var whole = caller is { IsOrganizer: true };
        var otherwise = evt.DefaultLanguage;
        var query = language is { } wanted ? $"?language={wanted.Code()}" : "";
        return new EventAnswer
        {
            Id = evt.Id, Slug = evt.Slug, Status = evt.StatusAt(now), IsTest = evt.IsTest ? true : null, Version = evt.Version, Series = evt.Series, DefaultLanguage = otherwise,
            Title = evt.Title.Only(language, otherwise), Description = evt.Description?.Only(language, otherwise), TimeZone = evt.TimeZone,
            StartsAt = EventTimes.Print(evt.StartsAt, zone), EndsAt = EventTimes.Print(evt.EndsAt, zone),
            RegistrationOpens = evt.RegistrationOpens, RegistrationCloses = evt.RegistrationCloses,
            Registration = RegistrationWindow.From(current, now),
            Sites = [.. evt.Sites.Select(site => site with
            {
                Name = site.Name.Only(language, otherwise), Address = site.Address?.Only(language, otherwise), Directions = site.Directions?.Only(language, otherwise),
                Capacity = whole || evt.Availability == Availability.Exact ? site.Capacity : null, Meeting = whole ? site.Meeting : null,
            })],
            Audiences = evt.Audiences ?? Enum.GetValues<Audience>(),
            Rules = evt.EffectiveRules,
            Questions = Asked() is { Count: > 0 } asked ? asked : null,
            Organizer = evt.OrganizerName is null ? null : new Organizer(evt.OrganizerName, evt.OrganizerEmail!),
            PrivacyNotice = evt.PrivacyNotice is { } notice ? notice with { Text = notice.Text?.Only(language, otherwise) } : null,
            Availability = evt.Availability,
            Cancellation = evt.CancelledAt is { } at ? new Cancellation(evt.CancellationReason?.Only(language, otherwise), EventTimes.Print(at, zone)) : null,
            Links = new EventLinks(evt.HasAgenda ? settings.Url($"/v1/events/{evt.Slug}/agenda.pdf{query}") : null, settings.Url($"/v1/events/{evt.Slug}/calendar.ics{query}")),
            UpdatedAt = EventTimes.Print(evt.UpdatedAt, zone),
        };

        List<Question> Asked() => [.. (evt.Questions ?? []).Where(q => whole || q.Retired != true).Select(q => q.Only(whole, language, otherwise))];
    }

    /// <summary>The answer as bytes with its entity tag. What the public sees is made once.</summary>
    public static RenderedEvent Render(CurrentEvent current, Caller? caller, Language? language, DateTimeOffset now, ServerSettings settings)
    {
        return caller is { IsOrganizer: true } ? Make() : current.Rendered(language?.Code() ?? "", now, Make);

        RenderedEvent Make() => RenderedEvent.Of(current.Event, JsonSerializer.SerializeToUtf8Bytes(From(current, caller, language, now, settings), Json.Wire), now);
    }
}

/// <summary>Whether one can register, till when, and where.</summary>
/// <param name="State">Now, for the event as a whole: full when every site is.</param>
/// <param name="OpensAt">From this instant on.</param>
/// <param name="ClosesAt">Until just before this instant.</param>
/// <param name="LastDay">The last day on which one can register, in the event's zone.</param>
/// <param name="Sites">Now, for each site.</param>
public sealed record RegistrationWindow(RegistrationState State, string? OpensAt, string? ClosesAt, string? LastDay, IReadOnlyList<SiteWindow> Sites)
{
    public static RegistrationWindow From(CurrentEvent current, DateTimeOffset now)
    {
        var evt = current.Event;
        var state = evt.StateAt(now);
        var sites = evt.Sites.Select(site => SiteWindow.From(current, site, now)).ToList();
        return new RegistrationWindow(
            state == RegistrationState.Open && sites.Count > 0 && sites.All(s => s.State != RegistrationState.Open)
                ? sites.Any(s => s.State == RegistrationState.Waitlist) ? RegistrationState.Waitlist : RegistrationState.Full
                : state,
            evt.RegistrationOpensAt is { } opens ? EventTimes.Print(opens, evt.Zone) : null,
            evt.RegistrationClosesAt is { } closes ? EventTimes.Print(closes, evt.Zone) : null,
            EventTimes.LastDay(evt.RegistrationClosesAt, evt.Zone), sites);
    }
}

/// <summary>Whether one can register at a site now.</summary>
/// <param name="SiteId">The site.</param>
/// <param name="State">For somebody whom it invites.</param>
/// <param name="Audiences">For each audience.</param>
public sealed record SiteWindow(string SiteId, RegistrationState State, IReadOnlyDictionary<Audience, RegistrationState> Audiences)
{
    public static SiteWindow From(CurrentEvent current, Site site, DateTimeOffset now)
    {
        var state = current.Event.StateAt(now);
        var here = state != RegistrationState.Open || Seats.AreFor(current.Event, site, current.SeatsOf(site.Id), 1, now) ? state
            : Placement.HasQueue(current.Event, site, now) ? RegistrationState.Waitlist : RegistrationState.Full;
        var invited = current.Event.InvitedTo(site);
        return new SiteWindow(site.Id, here, Enum.GetValues<Audience>().ToDictionary(a => a, a => invited is null || invited.Contains(a) ? here : RegistrationState.NotInvited));
    }
}

public sealed record Cancellation(Texts? Reason, string At);

public sealed record EventLinks(string? Agenda, string Calendar);
