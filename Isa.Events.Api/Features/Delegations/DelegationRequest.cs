using Isa.Events.Api.Email;

namespace Isa.Events.Api.Features.Delegations;

/// <summary>What happens to a delegation for which there is not enough room.</summary>
public enum DelegationMode
{
    /// <summary>Its members at one site get seats together or wait together; where there is neither at one of its sites, nobody is registered.</summary>
    AllOrNothing,

    /// <summary>Those who come first get the seats there are; the rest wait, or are left out.</summary>
    WhatFits,
}

/// <summary>People who come together. What is said of all holds for each member who says nothing else.</summary>
public record DelegationMembersRequest
{
    public string? Organisation { get; init; }

    public string? City { get; init; }

    public Audience? Audience { get; init; }

    public string? SiteId { get; init; }

    public DelegationMode? Mode { get; init; }

    public WhenFull? WhenFull { get; init; }

    public string? FallbackSiteId { get; init; }

    /// <summary>Date (which counts whole), wall time or period before the start by which members with <see cref="DelegationMember.NameFollows"/> are to be named.</summary>
    public string? NamesDueBy { get; init; }

    public string? NoticeVersion { get; init; }

    public IReadOnlyList<Consent>? Consents { get; init; }

    public IReadOnlyList<DelegationMember>? Members { get; init; }

    /// <summary>What a rule says of one member, in this request's own words: what the member has from the delegation is named there, once.</summary>
    public string PathOf(int member, string field)
    {
        var own = Members![member];
        var inherited = field switch
        {
            "siteId" => own.SiteId is null && SiteId is not null,
            "audience" => own.Audience is null && Audience is not null,
            "organisation" => own.Organisation is null,
            "city" => own.City is null,
            "noticeVersion" => own.NoticeVersion is null,
            "whenFull" or "fallbackSiteId" => true,
            _ => field.StartsWith("consents", StringComparison.Ordinal) && own.Consents is null,
        };
        return inherited ? field : $"members[{member}].{field}";
    }

    /// <summary>One member as if registered alone.</summary>
    /// <param name="index">Which.</param>
    /// <param name="language">What they read unless they say so.</param>
    /// <param name="unnamed">How many numbers those who are not named yet have used up.</param>
    internal RegistrationRequest ToRequest(int index, Language? language = null, int unnamed = 0)
    {
        var member = Members![index];
        var siteId = member.SiteId ?? SiteId;
        var atFallback = siteId is not null && siteId == FallbackSiteId; // the ones who are there anyway cannot turn to it
        return new RegistrationRequest
        {
            SiteId = siteId, WhenFull = atFallback && WhenFull == Registrations.WhenFull.AttendSite ? null : WhenFull, FallbackSiteId = atFallback ? null : FallbackSiteId,
            FullName = member.NameFollows == true ? $"{UnnamedPrefix}{unnamed + index + 1}" : member.FullName, Email = member.Email, Language = member.Language ?? language, FamilyName = member.FamilyName,
            RomanizedName = member.RomanizedName, FormOfAddress = member.FormOfAddress, JobTitle = member.JobTitle, Organisation = member.Organisation ?? Organisation, City = member.City ?? City,
            Audience = member.Audience ?? Audience, TimeZone = member.TimeZone, Phone = member.Phone, CopyTo = member.CopyTo, ListensIn = member.ListensIn, Needs = member.Needs,
            ExternalId = member.ExternalId, InvitationCode = member.InvitationCode, NoticeVersion = member.NoticeVersion ?? NoticeVersion, Consents = member.Consents ?? Consents,
            Answers = member.Answers,
        };
    }

    /// <summary>Stands in lists for somebody who is not named yet, with a number: members without an address are told apart by their names.</summary>
    internal const string UnnamedPrefix = "N. N. ";
}

/// <summary>People who come together, and their contact.</summary>
public sealed record DelegationRequest : DelegationMembersRequest
{
    public DelegationContactRequest? Contact { get; init; }

    public string? ExternalId { get; init; }
}

/// <summary>Who registers a delegation.</summary>
/// <param name="FullName">Their name.</param>
/// <param name="Email">Their address.</param>
/// <param name="Language">What they read.</param>
/// <param name="Phone">Their number.</param>
public sealed record DelegationContactRequest(string? FullName, string? Email, Language? Language, string? Phone);

/// <summary>A member of a delegation. Without an address they are told what concerns them through the contact.</summary>
public sealed record DelegationMember : PersonRequest
{
    public string? SiteId { get; init; }

    public string? ExternalId { get; init; }

    public string? InvitationCode { get; init; }

    /// <summary>Whether a place is held for somebody who is still to be named.</summary>
    public bool? NameFollows { get; init; }
}

public sealed class DelegationRequestValidator : Validator<DelegationRequest>
{
    public DelegationRequestValidator()
    {
        RuleFor(r => r.Contact).Present();
        RuleFor(r => r.Contact!).SetValidator(new DelegationContactRequestValidator()).When(r => r.Contact is not null);
        RuleFor(r => r.ExternalId).Line(100);
        RuleFor(r => r.NamesDueBy).Present().When(r => r.Members?.Any(m => m is { NameFollows: true }) == true);
        Include(new DelegationMembersRequestValidator());
    }
}

public sealed class DelegationContactRequestValidator : Validator<DelegationContactRequest>
{
    public DelegationContactRequestValidator()
    {
        RuleFor(c => c.FullName).Present().PersonName();
        RuleFor(c => c.Email).Present().MailAddressOfPerson(Resolve<OwnAddresses>);
        RuleFor(c => c.Language).Present();
        RuleFor(c => c.Phone).PhoneNumber();
    }
}

public sealed class DelegationMembersRequestValidator : Validator<DelegationMembersRequest>
{
    private static readonly RegistrationRequestValidator Person = new();

    public DelegationMembersRequestValidator()
    {
        RuleFor(r => r.NamesDueBy).Line(40);
        RuleFor(r => r.Members).Present().AtMost(Delegation.MaxMembers);
        RuleFor(r => r.Members).Must(members => members is not { Count: 0 }).Fails(FieldCode.Required);
        RuleFor(r => r).Custom((request, context) =>
        {
            if (request.Members is not { Count: > 0 and <= Delegation.MaxMembers } members) return;
            for (var i = 0; i < members.Count; i++) CheckMember(request, i, context);
            CheckTwice(request, context);
        });
    }

    // By the rules of a registration, but for what a member may lack; without a language they have the contact's, which is missed there.
    private static void CheckMember(DelegationMembersRequest request, int index, FluentValidation.ValidationContext<DelegationMembersRequest> context)
    {
        if (request.Members![index] is not { } member)
        {
            Fail(context, $"members[{index}]", FieldCode.Required);
            return;
        }

        if (member.NameFollows == true)
            foreach (var (field, value) in new[] { ("fullName", member.FullName), ("email", member.Email), ("familyName", member.FamilyName), ("romanizedName", member.RomanizedName) })
                if (value is not null) Fail(context, $"members[{index}].{field}", FieldCode.ExpectedNothing);
        var alone = request.ToRequest(index);
        foreach (var failure in Person.Wrong(alone, needsAddress: false).Where(f => f.PropertyName != "language"))
        {
            var field = request.PathOf(index, failure.PropertyName);
            if (context.RootContextData.TryAdd($"{field} {failure.ErrorCode}", true)) // what the members have from the delegation is wrong once
                context.AddFailure(new FluentValidation.Results.ValidationFailure(field, "") { ErrorCode = failure.ErrorCode, CustomState = failure.CustomState });
        }
    }

    // By address; by name where there is none.
    private static void CheckTwice(DelegationMembersRequest request, FluentValidation.ValidationContext<DelegationMembersRequest> context)
    {
        var (addresses, names, ids) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        for (var i = 0; i < request.Members!.Count; i++)
        {
            if (request.Members[i] is not { NameFollows: not true } member) continue;
            if (member.Email is not null && EmailAddress.TryNormalise(member.Email, out _, out var address) && !addresses.Add(address)) Fail(context, $"members[{i}].email", FieldCode.DuplicateValue);
            if (member is { Email: null, FullName: { } name } && !names.Add(Text.Fold(name))) Fail(context, $"members[{i}].fullName", FieldCode.DuplicateValue);
        }

        for (var i = 0; i < request.Members.Count; i++)
            if (request.Members[i] is { ExternalId: { } id } && !ids.Add(id)) Fail(context, $"members[{i}].externalId", FieldCode.DuplicateValue);
    }

    private static void Fail(FluentValidation.ValidationContext<DelegationMembersRequest> context, string field, FieldCode code) =>
        context.AddFailure(new FluentValidation.Results.ValidationFailure(field, "") { ErrorCode = code.Code });
}
