using Isa.Events.Api.Email;

namespace Isa.Events.Api.Features.Registrations;

/// <summary>What happens when the site is full.</summary>
public enum WhenFull
{
    /// <summary>Nothing is made; the answer is 409 <c>site-full</c>.</summary>
    Reject,

    /// <summary>They wait for a seat there; what <see cref="Reject"/> does where the site has no waiting list. Unless something is said, sites with a waiting list do this.</summary>
    Waitlist,

    /// <summary>They attend another site and wait for a seat at this one.</summary>
    AttendSite,
}

/// <summary>A person, and where they want to attend.</summary>
public sealed record RegistrationRequest : PersonRequest
{
    public string? SiteId { get; init; }

    public string? ExternalId { get; init; }

    public WhenFull? WhenFull { get; init; }

    /// <summary>Where to attend meanwhile, with <see cref="Registrations.WhenFull.AttendSite"/>.</summary>
    public string? FallbackSiteId { get; init; }

    /// <summary>Of the invitation, where the person has one; whatever its case, spaces and hyphens.</summary>
    public string? InvitationCode { get; init; }

    /// <summary>
    /// Why the event cannot take this now, seats aside, or null: it is not open, the site is not there, the person is not invited to it, the notice is not the one in
    /// force, an answer is wrong.
    /// </summary>
    public ProblemException? RefusalBy(Event evt, Caller caller, DateTimeOffset now)
    {
        if (evt.RefusalAt(now, caller.IsOrganizer) is { } closed) return new ProblemException(closed);
        if (InvitationCode is null && evt.Rules is { InviteOnly: true } && !caller.IsOrganizer) return new ProblemException(Problem.InvitationNeeded, "invitationCode", FieldCode.Required);
        return RefusalOfContent(evt);
    }

    /// <summary>The same without regard to the time.</summary>
    public ProblemException? RefusalOfContent(Event evt) => RefusalsOfContent(evt).FirstOrDefault();

    /// <summary>All there is of that, for lists that are put right in one go.</summary>
    public IEnumerable<ProblemException> RefusalsOfContent(Event evt)
    {
        var nowhere = false;
        foreach (var (siteId, field) in new[] { (SiteId, "siteId"), (FallbackSiteId, "fallbackSiteId") })
        {
            if (field == "fallbackSiteId" && siteId is null || RefusalBySite(evt, siteId, field) is not { } elsewhere) continue;
            nowhere = true;
            yield return elsewhere;
        }

        if (evt.PrivacyNotice is { } notice)
        {
            if (NoticeVersion is null) yield return ProblemException.Invalid("noticeVersion", FieldCode.Required);
            else if (NoticeVersion != notice.Version) yield return new ProblemException(Problem.NoticeOutdated).With("currentVersion", notice.Version);
        }

        if (evt.Questions is null && Answers is null) yield break;
        if (AnswerRules.Refusal(evt, [SiteId, FallbackSiteId], Audience, Language ?? evt.DefaultLanguage, Answers) is not { } wrong) yield break;
        if (!nowhere) yield return wrong;
        else if (wrong.Errors.Where(e => e.Code != FieldCode.NotAsked).ToList() is { Count: > 0 } others) yield return wrong.WithErrors(others); // what is asked there is not known
    }

    public Wish ToWish() => new(SiteId!, WhenFull, FallbackSiteId);

    internal ProblemException? RefusalBySite(Event evt, string? siteId, string field)
    {
        if (evt.Site(siteId) is not { } site) return ProblemException.Invalid(field, FieldCode.UnknownSite);
        if (evt.InvitedTo(site) is not { } invited) return null;
        if (Audience is not { } audience) return ProblemException.Invalid("audience", FieldCode.Required);
        return invited.Contains(audience) ? null : ProblemException.Invalid("audience", FieldCode.AudienceNotInvited);
    }

    /// <summary>The registration this asks for, but for what only the transaction knows: id, reference, times.</summary>
    public NewRegistration ToRegistration(Event evt, Caller caller) => ToRegistration(evt, caller.HolderId, caller.IsTest || evt.IsTest);

    /// <inheritdoc cref="ToRegistration(Event, Caller)"/>
    public NewRegistration ToRegistration(Event evt, string madeBy, bool isTest) => new()
    {
        EventId = evt.Id, SiteId = SiteId!, Status = RegistrationStatus.Confirmed, IsTest = isTest, MadeBy = madeBy, Version = 1, TokenVersion = 1, ExternalId = ExternalId,
        WhenFull = WhenFull, FallbackSiteId = FallbackSiteId,
        FullName = FullName!, Email = Email is null ? null : EmailAddress.Repair(Email), EmailNormalised = Email is null ? null : EmailAddress.Normalise(Email), NameNormalised = Text.Fold(FullName!),
        FamilyName = FamilyName, RomanizedName = RomanizedName, FormOfAddress = FormOfAddress, JobTitle = JobTitle, Organisation = Organisation, City = City,
        Audience = Audience, Language = Language!.Value, TimeZone = TimeZone, Phone = Phone, CopyTo = CopyTo is null ? null : EmailAddress.Repair(CopyTo), ListensIn = ListensIn,
        Needs = Needs, NoticeVersion = NoticeVersion, Consents = Consents is { Count: > 0 } ? Consents : null, Answers = AnswerRules.ToStore(Answers, evt),
        SortFamily = NewRegistration.FamilyKey(FamilyName, FullName!), SortRomanized = NewRegistration.RomanizedKey(RomanizedName, FullName!),
        OrganisationFolded = Organisation is null ? null : Text.Fold(Organisation),
        SearchText = NewRegistration.SearchKey(FullName, FamilyName, RomanizedName, Organisation, City, Email),
    };

    /// <summary>The request that would make the person as they are registered now: the base of a merge patch.</summary>
    public static RegistrationRequest From(Registration registration) => new()
    {
        SiteId = registration.SiteId, FullName = registration.FullName, Email = registration.Email, Language = registration.Language, FamilyName = registration.FamilyName,
        RomanizedName = registration.RomanizedName, FormOfAddress = registration.FormOfAddress, JobTitle = registration.JobTitle, Organisation = registration.Organisation,
        City = registration.City, Audience = registration.Audience, TimeZone = registration.TimeZone, Phone = registration.Phone, CopyTo = registration.CopyTo,
        ListensIn = registration.ListensIn, Needs = registration.Needs, ExternalId = registration.ExternalId, NoticeVersion = registration.NoticeVersion,
        Consents = registration.Consents, Answers = registration.Answers,
    };
}

public sealed class RegistrationRequestValidator : Validator<RegistrationRequest>
{
    public RegistrationRequestValidator()
    {
        RuleFor(r => r.SiteId).Present().Line(40);
        RuleFor(r => r.FullName).Present().PersonName();
        RuleFor(r => r.Email).Present().MailAddressOfPerson(Resolve<OwnAddresses>);
        RuleFor(r => r.Language).Present();
        this.Person();
        RuleFor(r => r.TimeZone).TimeZone();
        RuleFor(r => r.Phone).PhoneNumber();
        RuleFor(r => r.CopyTo).MailAddressOfPerson(Resolve<OwnAddresses>);
        RuleFor(r => r.Needs).Paragraphs(1000);
        RuleFor(r => r.ExternalId).Line(100);
        RuleFor(r => r.FallbackSiteId).Present().When(r => r.WhenFull == WhenFull.AttendSite);
        RuleFor(r => r.FallbackSiteId).Nothing().When(r => r.WhenFull != WhenFull.AttendSite);
        RuleFor(r => r.FallbackSiteId).Must((r, fallback) => fallback is null || fallback != r.SiteId).Fails(FieldCode.SameSite);
        RuleFor(r => r.NoticeVersion).Line(50);
        RuleFor(r => r.InvitationCode).Line(60);
        RuleFor(r => r.Consents).AtMost(20);
        RuleForEach(r => r.Consents).ChildRules(consent =>
        {
            consent.RuleFor(c => c.Purpose).Present().Slug(1, 64);
            consent.RuleFor(c => c.Text).Present().Paragraphs(1000);
        });
        RuleFor(r => r.Answers).Answers();
    }

    /// <summary>What is wrong with a request.</summary>
    /// <param name="request">Somebody as if registered alone.</param>
    /// <param name="needsAddress">Not of members of a delegation, who may be told through its contact.</param>
    public IEnumerable<FluentValidation.Results.ValidationFailure> Wrong(RegistrationRequest request, bool needsAddress) =>
        Validate(request).Errors.Where(failure => failure.PropertyName != "email" || request.Email is not null || needsAddress);

    /// <summary>Refuses what is wrong with it.</summary>
    /// <exception cref="ProblemException"><see cref="Problem.ValidationFailed"/></exception>
    public void Check(RegistrationRequest request, bool needsAddress)
    {
        var errors = Wrong(request, needsAddress).Select(failure => failure.ToFieldError()).ToList();
        if (errors.Count > 0) throw new ProblemException(Problem.ValidationFailed, errors);
    }
}
