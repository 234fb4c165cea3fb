using Isa.Events.Api.Email;

namespace Isa.Events.Api.Features.Events;

/// <summary>An event as its organiser sends it.</summary>
public sealed record EventRequest
{
    public string? Slug { get; init; }

    public Texts? Title { get; init; }

    public Texts? Description { get; init; }

    public string? Series { get; init; }

    public Language? DefaultLanguage { get; init; }

    public string? TimeZone { get; init; }

    public string? StartsAt { get; init; }

    public string? EndsAt { get; init; }

    public string? RegistrationOpens { get; init; }

    public string? RegistrationCloses { get; init; }

    public Organizer? Organizer { get; init; }

    public PrivacyNotice? PrivacyNotice { get; init; }

    public Availability? Availability { get; init; }

    public IReadOnlyList<Audience>? Audiences { get; init; }

    public EventRules? Rules { get; init; }

    public IReadOnlyList<Question>? Questions { get; init; }

    public bool? IsTest { get; init; }

    public IReadOnlyList<SiteRequest>? Sites { get; init; }

    /// <summary>The request that would make the event as it is now: the base of a merge patch.</summary>
    public static EventRequest From(Event evt) => new()
    {
        Slug = evt.Slug, Title = evt.Title, Description = evt.Description, Series = evt.Series, DefaultLanguage = evt.DefaultLanguage, TimeZone = evt.TimeZone,
        StartsAt = evt.Starts, EndsAt = evt.Ends, RegistrationOpens = evt.RegistrationOpens, RegistrationCloses = evt.RegistrationCloses,
        Organizer = evt.OrganizerName is null ? null : new Organizer(evt.OrganizerName, evt.OrganizerEmail!), PrivacyNotice = evt.PrivacyNotice,
        Availability = evt.Availability, Audiences = evt.Audiences, Rules = evt.Rules, Questions = evt.Questions,
    };

    /// <summary>Edits an event that is there.</summary>
    /// <exception cref="ProblemException"><see cref="Problem.SlugTaken"/>, <see cref="Problem.EventIncomplete"/>, what <see cref="ApplyTo"/> and <see cref="QuestionEdit"/> say.</exception>
    public Event Edit(WriteSession session, Event evt)
    {
        if (Slug is { } slug && slug != evt.Slug && session.One<string>(BySlug, new { Slug = slug }) is not null) throw new ProblemException(Problem.SlugTaken, "slug", FieldCode.DuplicateValue);
        var after = ApplyTo(evt) with { Slug = Slug ?? evt.Slug, Questions = QuestionEdit.Apply(session, evt, Questions) };
        if (!(after.Rules?.CityQuotas ?? []).SequenceEqual(evt.Rules?.CityQuotas ?? [])) CityQuotas.Recount(session, after);
        if (after.Status != EventStatus.Published) return after;
        // A later hour may open queues again that have been closed, or end the wait for a party.
        if (after.PromotionEndsAt != evt.PromotionEndsAt || after.GroupHoldEndsAt != evt.GroupHoldEndsAt) Promotion.RunAll(session, after);
        // What publishing demands stays true while it is public.
        return PublishEvent.Missing(after) is { Count: > 0 } missing ? throw new ProblemException(Problem.EventIncomplete, missing) : after;
    }

    /// <summary>Puts the request's content into an event and derives the instants.</summary>
    /// <exception cref="ProblemException"><see cref="Problem.ValidationFailed"/> where times make no sense together.</exception>
    public Event ApplyTo(Event evt)
    {
        var zone = Zones.Get(TimeZone!);
        var startsAt = EventTimes.Resolve(StartsAt!, zone, "startsAt");
        var endsAt = EventTimes.Resolve(EndsAt!, zone, "endsAt");
        if (endsAt <= startsAt) throw ProblemException.Invalid("endsAt", FieldCode.EndBeforeStart);
        if (endsAt - startsAt > TimeSpan.FromDays(60)) throw ProblemException.Invalid("endsAt", FieldCode.InvalidTime);
        var opensAt = EventTimes.ResolveRule(RegistrationOpens, startsAt, zone, "registrationOpens", closes: false);
        var closesAt = EventTimes.ResolveRule(RegistrationCloses, startsAt, zone, "registrationCloses", closes: true);
        // A deadline that names the event's last day ends with that day, a little after the event itself.
        var lastDayEndsAt = EventTimes.ResolveRule(EventTimes.LastDay(endsAt, zone), startsAt, zone, "registrationCloses", closes: true);
        if (closesAt > lastDayEndsAt) throw ProblemException.Invalid("registrationCloses", FieldCode.AfterEnd);
        if (opensAt >= (closesAt ?? endsAt)) throw ProblemException.Invalid("registrationOpens", FieldCode.OpensAfterCloses);

        if (Rules?.GroupHoldEnds is { } held && EventTimes.ResolveRule(held, startsAt, zone, "rules.groupHoldEnds", closes: true) > endsAt) throw ProblemException.Invalid("rules.groupHoldEnds", FieldCode.AfterEnd);
        if (Rules?.PromotionEnds is { } ends && EventTimes.ResolveRule(ends, startsAt, zone, "rules.promotionEnds", closes: true) > endsAt) throw ProblemException.Invalid("rules.promotionEnds", FieldCode.AfterEnd);

        return evt with
        {
            Title = Title!,
            Description = Description,
            Series = Series,
            DefaultLanguage = DefaultLanguage ?? Language.De,
            TimeZone = TimeZone!,
            Starts = StartsAt!,
            Ends = EndsAt!,
            StartsAt = startsAt,
            EndsAt = endsAt,
            RegistrationOpens = RegistrationOpens,
            RegistrationCloses = RegistrationCloses,
            RegistrationOpensAt = opensAt,
            RegistrationClosesAt = closesAt,
            OrganizerName = Organizer?.Name,
            OrganizerEmail = Organizer?.Email,
            PrivacyNotice = PrivacyNotice,
            Availability = Availability ?? Events.Availability.Exact,
            Audiences = Audiences,
            Rules = EventRules.OrNull(Rules),
        };
    }

    private const string BySlug = "SELECT id FROM events WHERE slug = @Slug";
}

/// <summary>Who invites: stands in every calendar entry.</summary>
public sealed record Organizer(string Name, string Email);

/// <summary>A site as its organiser sends it.</summary>
public record SiteRequest
{
    public string? Id { get; init; }

    public AttendanceMode? Mode { get; init; }

    public Texts? Name { get; init; }

    public long? Capacity { get; init; }

    public Texts? Address { get; init; }

    public Texts? Directions { get; init; }

    public Meeting? Meeting { get; init; }

    public string? TimeZone { get; init; }

    public IReadOnlyList<Audience>? Audiences { get; init; }

    public SiteWaitlist? Waitlist { get; init; }

    public Site ToSite(string eventId, int position) => new Site { EventId = eventId, Id = Id!, Position = position }.Edited(this) with { Revision = 0 };
}

public sealed class EventRequestValidator : Validator<EventRequest>
{
    public EventRequestValidator()
    {
        RuleFor(r => r.Slug).Slug(3, 80);
        RuleFor(r => r.Title).Present().Texts(200, multiLine: false);
        RuleFor(r => r.Description).Texts(5000, multiLine: true);
        RuleFor(r => r.Series).Slug(1, 80);
        RuleFor(r => r.TimeZone).Present().TimeZone();
        RuleFor(r => r.StartsAt).Present().Line(40);
        RuleFor(r => r.EndsAt).Present().Line(40);
        RuleFor(r => r.RegistrationOpens).Line(40);
        RuleFor(r => r.RegistrationCloses).Line(40);
        RuleFor(r => r.Organizer!.Name).Present().Line(100).When(r => r.Organizer is not null);
        RuleFor(r => r.Organizer!.Email).Present().MailAddressOfOffice(Resolve<OwnAddresses>).When(r => r.Organizer is not null);
        RuleFor(r => r.PrivacyNotice!.Version).Present().Line(50).When(r => r.PrivacyNotice is not null);
        RuleFor(r => r.PrivacyNotice!.Text).Texts(20_000, multiLine: true).When(r => r.PrivacyNotice is not null);
        RuleFor(r => r.PrivacyNotice!.Url).WebAddress().When(r => r.PrivacyNotice is not null);
        RuleFor(r => r.PrivacyNotice!.Text).Must(_ => false).WithErrorCode(FieldCode.Required.Code)
            .When(r => r.PrivacyNotice is { Url: null } notice && (notice.Text is null || notice.Text.IsEmpty()));
        RuleFor(r => r.PrivacyNotice!.Url).Must(_ => false).WithErrorCode(FieldCode.ExpectedNothing.Code)
            .When(r => r.PrivacyNotice is { Url: not null, Text: { } text } && !text.IsEmpty());
        RuleFor(r => r.Audiences).Distinct();
        RuleFor(r => r.Rules!.GroupHoldEnds).Line(40).When(r => r.Rules is not null);
        RuleFor(r => r.Rules!.PromotionEnds).Line(40).When(r => r.Rules is not null);
        RuleFor(r => r.Rules!.RegistrationUrl).WebAddress().When(r => r.Rules is not null);
        RuleFor(r => r.Rules!.CityQuotas).AtMost(500).When(r => r.Rules is not null);
        RuleForEach(r => r.Rules!.CityQuotas).ChildRules(quota =>
        {
            quota.RuleFor(q => q.City).Present().Line(100);
            quota.RuleFor(q => q.Seats).Present().Between(0, 1_000_000);
        }).When(r => r.Rules is not null);
        RuleFor(r => r.Rules!.Reminders).AtMost(10).When(r => r.Rules is not null);
        RuleForEach(r => r.Rules!.Reminders).ChildRules(reminder =>
        {
            reminder.RuleFor(r => r.Before).Present().Period();
            reminder.RuleFor(r => r.Modes).Distinct();
        }).When(r => r.Rules is not null);
        RuleFor(r => r.Rules!.ThankYouAfter).Period().When(r => r.Rules is not null);
        RuleFor(r => r.Rules!.CityQuotas).Must(quotas => quotas is null || quotas.Select(q => Text.Fold(q.City ?? "")).Distinct(StringComparer.Ordinal).Count() == quotas.Count)
            .Fails(FieldCode.DuplicateValue).When(r => r.Rules is not null);
        RuleFor(r => r.Questions).Must(questions => questions is null || questions.Count(q => q.Retired != true) <= Question.MaxAsked).Fails(FieldCode.TooMany, Question.MaxAsked);
        RuleForEach(r => r.Questions).SetValidator(new QuestionValidator());
        RuleFor(r => r.Questions).Must(questions => questions is null || questions.Select(q => q.Id).Distinct(StringComparer.Ordinal).Count() == questions.Count).Fails(FieldCode.DuplicateId);
        RuleFor(r => r.Sites).AtMost(50);
        RuleForEach(r => r.Sites).SetValidator(new SiteRequestValidator());
        RuleFor(r => r.Sites).Must(sites => sites!.Select(s => s.Id).Distinct(StringComparer.Ordinal).Count() == sites!.Count)
            .WithErrorCode(FieldCode.DuplicateId.Code).When(r => r.Sites is not null);
    }
}

public sealed class SiteRequestValidator : Validator<SiteRequest>
{
    public SiteRequestValidator()
    {
        RuleFor(s => s.Id).Present().Slug(1, 40);
        RuleFor(s => s.Mode).Present();
        RuleFor(s => s.Name).Present().Texts(100, multiLine: false);
        RuleFor(s => s.Capacity).Between(0, 1_000_000);
        RuleFor(s => s.Address).Texts(300, multiLine: true);
        RuleFor(s => s.Address).Nothing().When(s => s.Mode == AttendanceMode.Online);
        RuleFor(s => s.Directions).Texts(2000, multiLine: true);
        RuleFor(s => s.Meeting).Nothing().When(s => s.Mode == AttendanceMode.InPerson);
        RuleFor(s => s.Meeting!.Url).Present().WebAddress().When(s => s.Meeting is not null);
        RuleFor(s => s.Meeting!.Number).Line(50).When(s => s.Meeting is not null);
        RuleFor(s => s.Meeting!.Passcode).Line(50).When(s => s.Meeting is not null);
        RuleFor(s => s.Meeting!.DialIn).Paragraphs(500).When(s => s.Meeting is not null);
        RuleFor(s => s.TimeZone).TimeZone();
        RuleFor(s => s.Audiences).Distinct();
        RuleFor(s => s.Waitlist!.OfferHours).Between(1, 720).When(s => s.Waitlist is not null);
    }
}
