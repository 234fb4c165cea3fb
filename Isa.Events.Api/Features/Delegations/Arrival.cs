using System.Globalization;
using Isa.Events.Api.Features.Invitations;
using Isa.Events.Api.Telemetry;

namespace Isa.Events.Api.Features.Delegations;

/// <summary>The work of registering people who come together: a delegation, or more of one that is there. What does not depend on the transaction is made before it.</summary>
internal sealed class Arrival
{
    private readonly DelegationMembersRequest _request;
    private readonly Delegation _delegation;
    private readonly Caller _caller;
    private readonly RegistrationTokens _tokens;
    private readonly ServerSettings _settings;
    private readonly List<RegistrationRequest> _requests;
    private readonly List<NewRegistration> _wanted = [];
    private readonly List<Ahead<Rival>> _rivals;

    /// <param name="request">Who comes.</param>
    /// <param name="delegation">Which they belong to: without an id it is new.</param>
    /// <param name="evt">Its event.</param>
    /// <param name="caller">Who registers them.</param>
    /// <param name="tokens">For links of what stands in the way.</param>
    /// <param name="settings">What references begin with.</param>
    public Arrival(DelegationMembersRequest request, Delegation delegation, Event evt, Caller caller, RegistrationTokens tokens, ServerSettings settings)
    {
        (_request, _delegation, Event, _caller, _tokens, _settings) = (request, delegation, evt, caller, tokens, settings);
        _requests = [.. Enumerable.Range(0, request.Members!.Count).Select(i => request.ToRequest(i, delegation.Language))];
        var references = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < _requests.Count; i++)
        {
            var reference = NewRegistration.NewReference(settings.ReferencePrefix);
            while (!references.Add(reference)) reference = NewRegistration.NewReference(settings.ReferencePrefix);
            _wanted.Add(Wanted(_requests[i], i) with { Reference = reference });
        }

        _rivals = [.. _wanted.Select(Rival.Of)];
    }

    public Event Event { get; }

    /// <summary>The delegation, where whoever registers them has only a link to it.</summary>
    public Delegation? SeenByContact => _caller.Actor == Actor.Attendee ? _delegation : null;

    /// <summary>What its delegation must be like still, where that was said.</summary>
    public IfMatch? Match { get; init; }

    public Ahead[] Ahead => [.. _rivals];

    private bool IsNew => _delegation.Id is null;

    private bool IsTest => _delegation.IsTest;

    /// <summary>Runs what registers them, and counts codes that stand for nothing.</summary>
    public Task WatchAsync(HttpContext context, CodeGuesses guesses, Func<Task> register, CancellationToken ct)
    {
        var codes = _requests.ConvertAll(r => r.InvitationCode).OfType<string>().ToList();
        return codes.Count == 0 ? register() : guesses.WatchAsync(context, Event.Id, codes, register, ct);
    }

    /// <summary>Registers them once for a key.</summary>
    /// <returns>The id of their delegation.</returns>
    public async Task<string> WriteAsync<T>(HttpContext context, EventsDatabase database, IdempotencyKey key, T request, Measures measures, CancellationToken ct)
    {
        Delegation? made = null;
        var creation = await key.WriteAsync(database, Event.Id, request, session => (made = Register(session)).Id!, ct, Ahead);
        creation.Mark(context);
        if (!creation.Replayed)
            foreach (var member in made!.Members!) measures.Registration("registered", Event.Site(member.SiteId)!.Mode);
        return creation.ResourceId;
    }

    /// <summary>What registering them would come to now. Nothing is stored, and nobody told.</summary>
    /// <returns>The delegation as it is, with those who would come now. What was never stored has no id and no links.</returns>
    public async Task<Delegation> ForeseeAsync(EventsDatabase database, CancellationToken ct)
    {
        try
        {
            return await database.WriteAsync<Delegation>(Event.Id, session => throw new Undone<Delegation>(Foreseen(session, Register(session))), ct, Ahead);
        }
        catch (Undone<Delegation> undone)
        {
            return undone.Outcome;
        }
    }

    private Delegation Foreseen(WriteSession session, Delegation made) => _delegation with
    {
        Contact = _delegation.ToContact(),
        NamesDueAt = made.NamesDueAt,
        LeftOut = made.LeftOut,
        Members = [.. made.Members!.Select(m => m with { Id = null, DelegationId = _delegation.Id, Reference = null, CreatedAt = null, UpdatedAt = null, Waitlist = WaitlistEntry.Explain(session, Event, m, session.Now) })],
    };

    /// <summary>Runs in the group commit, perhaps more than once. Every rule is checked before the first write.</summary>
    /// <returns>The delegation with those who have come now.</returns>
    public Delegation Register(WriteSession session)
    {
        var evt = session.LockEvent(Event.Id);
        var rivals = _rivals.ConvertAll(rival => session.One(rival)!);
        if (evt.RefusalAt(session.Now, _caller.IsOrganizer) is { } closed) throw new ProblemException(closed);
        var (known, before) = IsNew ? (_delegation, []) : (_delegation.Again(session, _caller.Actor), Delegation.MembersOf(session, _delegation.Id!));
        Match?.Check(known.Version);
        if (!IsNew) RefuseBeside(before.FindAll(m => m.IsActive), before.Count);
        RefuseContent(evt, session.Now);
        RefuseRivals(session, evt, rivals);
        if (IsNew && Delegation.WithExternalId(session, evt.Id, _caller.HolderId, known.ExternalId) is { } earlier) throw new ProblemException(Problem.ExternalIdTaken, "externalId", FieldCode.DuplicateId).With("delegationId", earlier);
        var namesDueAt = NamesDueAt(evt, known, session.Now);
        var invitees = Invitees(session, evt);
        var leftOut = OverQuota(session, evt, invitees);

        var id = known.Id ?? $"{Delegation.IdPrefix}{OrderedId.New(session.Now)}";
        var status = RegisterForEvent.StatusFor(evt, _caller, isConfirmed: !IsNew && !before.Exists(m => m.Status == RegistrationStatus.PendingConfirmation || m.EndReason == EndReason.AddressNotConfirmed));
        var placed = new Placement?[_requests.Count];
        foreach (var party in Enumerable.Range(0, _requests.Count).Where(i => !leftOut.ContainsKey(i)).GroupBy(i => (_requests[i].SiteId, _requests[i].WhenFull, _requests[i].FallbackSiteId)))
        {
            var indexes = party.ToList();
            var places = PlaceOrRefuse(session, evt, status, _requests[indexes[0]].ToWish(), indexes.Count, id);
            for (var i = 0; i < indexes.Count; i++)
            {
                placed[indexes[i]] = places[i];
                if (places[i] is null) leftOut[indexes[i]] = new ProblemException(Problem.SiteFull);
            }
        }

        if (leftOut.Count == _requests.Count) throw leftOut.OrderBy(l => l.Key).First().Value;
        var delegation = known with { Id = id, NamesDueAt = namesDueAt, LeftOut = leftOut.Count == 0 ? null : [.. leftOut.OrderBy(l => l.Key).Select(l => new LeftOut(l.Key, l.Value.Problem.Code, _wanted[l.Key].NameFollows ? null : _wanted[l.Key].FullName))] };
        if (IsNew) delegation.Insert(session);
        else delegation.Save(session);
        var (members, unnamed) = (new List<Registration>(), Unnamed(before));
        for (var i = 0; i < placed.Length; i++)
        {
            if (placed[i] is not { } placement) continue;
            var wanted = unnamed > 0 && _wanted[i].NameFollows ? Wanted(_request.ToRequest(i, known.Language, unnamed), i) with { Reference = _wanted[i].Reference } : _wanted[i];
            var member = Member(session, evt, status, wanted, placement, rivals[i], invitees[i]);
            member = member with { DelegationId = id, HoldEndsAt = status == RegistrationStatus.PendingConfirmation ? session.Now + RegisterForEvent.ConfirmationHold : member.NameFollows ? namesDueAt : null };
            RegisterForEvent.Store(session, evt, member, invitees[i], _caller);
            if (status != RegistrationStatus.PendingConfirmation && !member.NameFollows && member.Email is not null) OutboxRow.Add(session, RegisterForEvent.KindOf(member.Status), evt.Id, member.Id);
            members.Add(member);
        }

        // Who has no address is told by it as well.
        OutboxRow.AddForContact(session, status == RegistrationStatus.PendingConfirmation ? OutboxKind.AddressToConfirm : OutboxKind.DelegationRegistered, evt.Id, id);
        if (namesDueAt is { } due && due != known.NamesDueAt)
            foreach (var at in NameReminders.Before(session.Now, due)) OutboxRow.AddForContact(session, OutboxKind.NameDue, evt.Id, id, at);
        return delegation with { Members = members };
    }

    private NewRegistration Wanted(RegistrationRequest request, int index) => request.ToRegistration(Event, _delegation.MadeBy, _delegation.IsTest) with { NameFollows = _request.Members![index].NameFollows == true };

    /// <summary>The highest number of those who were not named at first.</summary>
    private static int Unnamed(List<Registration> members) => members.Where(m => m.FullName.StartsWith(DelegationMembersRequest.UnnamedPrefix, StringComparison.Ordinal))
        .Select(m => int.TryParse(m.FullName.AsSpan(DelegationMembersRequest.UnnamedPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0).DefaultIfEmpty().Max();

    /// <summary>What is wrong with those who come beside those who are there.</summary>
    private void RefuseBeside(List<Registration> active, int ever)
    {
        if (active.Count == 0) throw new ProblemException(Problem.RegistrationEnded);
        var places = Math.Min(Delegation.MaxMembers - active.Count, Delegation.MaxMembersEver - ever);
        if (_requests.Count > places) throw ProblemException.Invalid("members", FieldCode.TooMany, Math.Max(places, 0));
        var names = active.Where(m => m.Email is null).Select(m => Text.Fold(m.FullName)).ToHashSet(StringComparer.Ordinal);
        List<FieldError> twice = [.. Enumerable.Range(0, _requests.Count).Where(i => _requests[i].Email is null && !_wanted[i].NameFollows && names.Contains(_wanted[i].NameNormalised)).Select(i => new FieldError($"members[{i}].fullName", FieldCode.DuplicateValue))];
        if (twice.Count > 0) throw Rival.SameName(twice);
    }

    /// <summary>What is wrong with the members, all of them in one answer.</summary>
    private void RefuseContent(Event evt, DateTimeOffset now)
    {
        var wrong = new List<FieldError>();
        for (var i = 0; i < _requests.Count; i++)
        {
            if (_requests[i].RefusalBy(evt, _caller, now) is not { } refusal) continue;
            List<FieldError> errors = [.. refusal.Errors.Select(e => e with { Field = _request.PathOf(i, e.Field) })];
            if (refusal.Problem == Problem.ValidationFailed) wrong.AddRange(errors.Where(e => !wrong.Exists(w => w.Field == e.Field && w.Code == e.Code)));
            else throw refusal.WithErrors(errors);
        }

        if (wrong.Count > 0) throw new ProblemException(Problem.ValidationFailed, wrong);
    }

    // Who is registered already is told by index; which registration that is, to those who may see it.
    private void RefuseRivals(WriteSession session, Event evt, List<Rival> rivals)
    {
        var refusals = rivals.Select((rival, i) => rival.Refusal(session, evt, _caller, _tokens)?.Under($"members[{i}]")).OfType<ProblemException>().ToList();
        if (refusals.Count == 0) return;
        var first = refusals.Find(r => r.Problem == Problem.AlreadyRegistered) ?? refusals[0];
        throw first.WithErrors([.. refusals.Where(r => r.Problem == first.Problem).SelectMany(r => r.Errors)]);
    }

    // One date for all of a delegation: what is still to come holds for those who come later.
    private DateTimeOffset? NamesDueAt(Event evt, Delegation known, DateTimeOffset now)
    {
        if (known.NamesDueAt > now) return _request.NamesDueBy is null ? known.NamesDueAt : throw ProblemException.Invalid("namesDueBy", FieldCode.ExpectedNothing);
        var due = EventTimes.ResolveRule(_request.NamesDueBy, evt.StartsAt, evt.Zone, "namesDueBy", closes: true);
        if (due <= now) throw ProblemException.Invalid("namesDueBy", FieldCode.InThePast);
        if (due > evt.StartsAt) throw ProblemException.Invalid("namesDueBy", FieldCode.AfterStart);
        if (!_request.Members!.Any(m => m.NameFollows == true)) return known.NamesDueAt;
        return due ?? throw ProblemException.Invalid("namesDueBy", FieldCode.Required);
    }

    private List<Invitee?> Invitees(WriteSession session, Event evt)
    {
        var invitees = new List<Invitee?>();
        for (var i = 0; i < _requests.Count; i++)
        {
            Invitee? invitee;
            try
            {
                invitee = Invitation.Of(session, evt.Id, _requests[i]);
            }
            catch (ProblemException unknown)
            {
                throw unknown.Under($"members[{i}]");
            }

            if (Invitation.Refusal(session, invitee, IsTest) is { } used) throw used.Under($"members[{i}]");
            if (invitee is not null && invitees.Exists(other => other?.Id == invitee.Id)) throw new ProblemException(Problem.InvitationUsed, $"members[{i}].invitationCode", FieldCode.DuplicateValue);
            invitees.Add(invitee);
        }

        return invitees;
    }

    /// <summary>Members for whom their city's quota has no place left; where all must come, that refuses them all.</summary>
    private Dictionary<int, ProblemException> OverQuota(WriteSession session, Event evt, List<Invitee?> invitees)
    {
        var over = new Dictionary<int, ProblemException>();
        var coming = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < _requests.Count; i++)
        {
            var from = _requests[i].City ?? invitees[i]?.City;
            if (CityQuotas.Of(evt, from) is not { } city) continue;
            var besides = coming.GetValueOrDefault(city);
            if (CityQuotas.Refusal(session, evt, from, IsTest, besides) is not { } full) coming[city] = besides + 1;
            else if (_request.Mode == DelegationMode.WhatFits) over[i] = full;
            else throw full.WithErrors([.. full.Errors.Select(e => e with { Field = _request.PathOf(i, e.Field) })]);
        }

        return over;
    }

    // With several sites it is not plain which one is full.
    private List<Placement?> PlaceOrRefuse(WriteSession session, Event evt, RegistrationStatus status, Wish wish, int size, string id)
    {
        try
        {
            return Place(session, evt, status, wish, size, id);
        }
        catch (ProblemException full) when (full.Problem == Problem.SiteFull)
        {
            throw full.With("siteId", wish.SiteId);
        }
    }

    private List<Placement?> Place(WriteSession session, Event evt, RegistrationStatus status, Wish wish, int size, string id)
    {
        var (counts, site) = (evt.Counts(IsTest), evt.Site(wish.SiteId)!);
        var whatFits = _request.Mode == DelegationMode.WhatFits;
        if (status == RegistrationStatus.Confirmed)
            return whatFits ? Placement.FindWhatFits(session, evt, wish, size, id, counts) : [.. Enumerable.Repeat(Placement.Find(session, evt, wish, size, id, counts), size)];

        // As with those who register alone: what waits for somebody's word has at most a seat that is held for it.
        var mayHold = status == RegistrationStatus.PendingConfirmation || evt.EffectiveRules.PendingHoldsSeat == true;
        var held = !mayHold ? 0 : whatFits ? Placement.TakeUpTo(session, evt, site, size, counts) : Placement.TryTake(session, evt, site, size, counts) ? size : 0;
        List<Placement?> placed = [.. Enumerable.Repeat(new Placement(site.Id, true, null), held)];
        var asks = !mayHold && Placement.TryTake(session, evt, site, whatFits ? 1 : size, counts: false);
        var rest = wish.AtFullSite == WhenFull.Reject && !asks ? null : new Placement(site.Id, false, null);
        if (rest is null && held == 0) throw new ProblemException(Problem.SiteFull);
        while (placed.Count < size) placed.Add(rest);
        return placed;
    }

    private NewRegistration Member(WriteSession session, Event evt, RegistrationStatus status, NewRegistration wanted, Placement placement, Rival rival, Invitee? invitee)
    {
        var member = RegisterForEvent.Begin(session, evt, wanted, rival, invitee, _settings);
        return status == RegistrationStatus.Confirmed ? placement.For(member, evt, session.Now) : member with { Status = status, HoldsSeat = placement.HasSeat && evt.Counts(IsTest), WhatFits = _request.Mode == DelegationMode.WhatFits };
    }
}
