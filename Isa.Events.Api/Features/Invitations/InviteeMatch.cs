using Isa.Events.Api.Features.Imports;

namespace Isa.Events.Api.Features.Invitations;

/// <summary>A row of a list that is to be somebody's invitation.</summary>
/// <param name="Row">Gets what is wrong with it.</param>
/// <param name="Invitee">As it would be made.</param>
/// <param name="HasLanguage">Whether the row says a language, or the event's was taken.</param>
/// <param name="CodeHash">Finds its code, where it is made.</param>
internal sealed record Incoming(ImportRow Row, Invitee Invitee, bool HasLanguage, byte[] CodeHash);

/// <summary>
/// Finds who of a list was invited before: by their externalId, else by their address, else by name and organisation. What a row does not say stays as it was, so a
/// list never removes anything.
/// </summary>
internal sealed class InviteeMatch
{
    private readonly Dictionary<string, Invitee> _byExternalId;
    private readonly Dictionary<string, Invitee> _byAddress;
    private readonly ILookup<string, Invitee> _byName;
    private readonly HashSet<string> _found = new(StringComparer.Ordinal);
    private readonly HashSet<string> _named = new(StringComparer.Ordinal);
    private readonly List<ImportFault> _faults = [];

    public InviteeMatch(List<Invitee> invitees)
    {
        _byExternalId = invitees.Where(i => i.ExternalId is not null).ToDictionary(i => i.ExternalId!, StringComparer.Ordinal);
        _byAddress = invitees.Where(i => i.EmailNormalised is not null).ToDictionary(i => i.EmailNormalised!, StringComparer.Ordinal);
        _byName = invitees.ToLookup(NameOf, StringComparer.Ordinal);
    }

    /// <summary>Rows that name somebody whom another row or another invitee is. A work may run again, so they are kept here rather than in the rows.</summary>
    public IReadOnlyList<ImportFault> Faults => _faults;

    public static Invitee Normalised(Invitee invitee) => invitee with
    {
        Email = invitee.Email is null ? null : EmailAddress.Repair(invitee.Email),
        EmailNormalised = invitee.Email is null ? null : EmailAddress.Normalise(invitee.Email),
        NameNormalised = Text.Fold(invitee.FullName),
        SearchText = NewRegistration.SearchKey(invitee.FullName, invitee.FamilyName, invitee.RomanizedName, invitee.Organisation, invitee.City, invitee.Email),
    };

    /// <summary>What each row makes of an invitee, or makes anew.</summary>
    public List<(Incoming Incoming, Invitee? Before, Invitee After)> Place(IEnumerable<Incoming> rows)
    {
        var placed = new List<(Incoming Incoming, Invitee? Before, Invitee After)>();
        var rest = new List<Incoming>();
        // Those who are sure come first: what has only a name takes what they leave.
        foreach (var row in rows)
        {
            if (Sure(row, out var clash) is not { } before)
            {
                if (clash is not null) Refuse(row, clash);
                else rest.Add(row);
            }
            else if (clash is not null || !_found.Add(before.Id)) Refuse(row, clash ?? (row.Invitee.ExternalId is not null ? "externalId" : "email"));
            else placed.Add((row, before, Merge(before, row)));
        }

        foreach (var row in rest)
        {
            var nameless = row.Invitee is { ExternalId: null, EmailNormalised: null };
            if (nameless && !_named.Add(NameOf(row.Invitee)))
            {
                Refuse(row, "fullName");
                continue;
            }

            var before = ByName(row.Invitee);
            if (before is not null) _found.Add(before.Id);
            placed.Add((row, before, before is null ? row.Invitee : Merge(before, row)));
        }

        RefuseSameKeys(placed);
        placed.Sort((a, b) => a.Incoming.Row.Number.CompareTo(b.Incoming.Row.Number));
        return placed;
    }

    // The one with this externalId, else with this address. A clash is the member by which it is somebody else as well.
    private Invitee? Sure(Incoming row, out string? clash)
    {
        clash = null;
        var byId = row.Invitee.ExternalId is { } id ? _byExternalId.GetValueOrDefault(id) : null;
        var byAddress = row.Invitee.EmailNormalised is { } address ? _byAddress.GetValueOrDefault(address) : null;
        if (byId is not null && byAddress is not null && byId.Id != byAddress.Id) clash = "email";
        if (byId is null && byAddress is { ExternalId: not null } && row.Invitee.ExternalId is not null) clash = "email";
        return byId ?? byAddress;
    }

    // Somebody of this name and organisation who is not known to be another: with what is known least first.
    private Invitee? ByName(Invitee wanted) => _byName[NameOf(wanted)]
        .Where(i => !_found.Contains(i.Id) && (i.ExternalId is null || wanted.ExternalId is null) && (i.EmailNormalised is null || wanted.EmailNormalised is null))
        .OrderBy(i => (i.ExternalId is null ? 0 : 1) + (i.EmailNormalised is null ? 0 : 1)).FirstOrDefault();

    // Two rows of one externalId or one address: the later one is wrong.
    private void RefuseSameKeys(List<(Incoming Incoming, Invitee? Before, Invitee After)> placed)
    {
        var (ids, addresses, refused) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal), new HashSet<long>());
        foreach (var (incoming, _, after) in placed.OrderBy(p => p.Incoming.Row.Number))
        {
            var twice = after.ExternalId is { } id && !ids.Add(id) ? "externalId" : after.EmailNormalised is { } address && !addresses.Add(address) ? "email" : null;
            if (twice is null) continue;
            Refuse(incoming, twice);
            refused.Add(incoming.Row.Number);
        }

        placed.RemoveAll(p => refused.Contains(p.Incoming.Row.Number));
    }

    private void Refuse(Incoming row, string member) => _faults.Add(new ImportFault(row.Row.Number, row.Row.Line, member, FieldCode.DuplicateRow));

    private static Invitee Merge(Invitee before, Incoming row)
    {
        var said = row.Invitee;
        var merged = before with
        {
            ExternalId = said.ExternalId ?? before.ExternalId,
            FullName = said.FullName,
            Email = said.EmailNormalised is null || said.EmailNormalised == before.EmailNormalised ? before.Email : said.Email,
            FamilyName = said.FamilyName ?? before.FamilyName,
            RomanizedName = said.RomanizedName ?? before.RomanizedName,
            FormOfAddress = said.FormOfAddress ?? before.FormOfAddress,
            JobTitle = said.JobTitle ?? before.JobTitle,
            Organisation = said.Organisation ?? before.Organisation,
            City = said.City ?? before.City,
            Audience = said.Audience ?? before.Audience,
            Language = row.HasLanguage ? said.Language : before.Language,
            Phone = said.Phone ?? before.Phone,
        };
        merged = Normalised(merged);
        return merged.EmailNormalised == before.EmailNormalised ? merged : merged with { InvitedAt = null }; // the mail went to another address
    }

    private static string NameOf(Invitee invitee) => $"{invitee.NameNormalised}\n{(invitee.Organisation is null ? "" : Text.Fold(invitee.Organisation))}";
}
