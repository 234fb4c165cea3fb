using Isa.Events.Api.Features.Invitations;
using Isa.Events.Api.Telemetry;
using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Features.Delegations;

/// <summary>
/// Registers people who come together, each with a registration of their own: all of them, or those there is room for. Those who wait for one site wait as one party.
/// </summary>
public sealed class RegisterDelegation(EventsDatabase database, CurrentEvents events, DelegationAccess access, RegistrationTokens tokens, CodeGuesses guesses, IOptions<ServerSettings> settings, Measures measures)
    : Endpoint<DelegationRequest, Delegation>
{
    public override void Configure()
    {
        Post("/events/{event}/delegations");
        Policies(Access.Partner);
    }

    public override async Task HandleAsync(DelegationRequest request, CancellationToken ct)
    {
        var query = new Parameters(HttpContext);
        var dryRun = query.Flag("dryRun");
        query.RefuseOthers();
        var key = IdempotencyKey.Read(HttpContext, nameof(RegisterDelegation));
        var caller = HttpContext.GetCaller()!;
        var evt = (await events.GetAsync(Route<string>("event")!, caller, ct, mayBeOld: true)).Event;
        var work = new Arrival(request, evt, caller, tokens, settings.Value);
        var codes = work.Requests.ConvertAll(r => r.InvitationCode).OfType<string>().ToList();
        if (codes.Count == 0) await AnswerAsync(work, key, dryRun, ct);
        else await guesses.WatchAsync(HttpContext, evt.Id, codes, () => AnswerAsync(work, key, dryRun, ct), ct);
    }

    private async Task AnswerAsync(Arrival arrival, IdempotencyKey key, bool dryRun, CancellationToken ct)
    {
        HttpContext.Response.Headers.CacheControl = "no-store";
        if (dryRun)
        {
            try
            {
                await database.WriteAsync<bool>(arrival.Event.Id, session => throw new Undone<Delegation>(arrival.Register(session)), ct, arrival.Ahead);
            }
            catch (Undone<Delegation> undone)
            {
                await Send.OkAsync(Foreseen(undone.Outcome), ct);
            }

            return;
        }

        Delegation? made = null;
        var creation = await key.WriteAsync(database, arrival.Event.Id, arrival.Request, session => (made = arrival.Register(session)).Id!, ct, arrival.Ahead);
        creation.Mark(HttpContext);
        if (!creation.Replayed)
            foreach (var member in made!.Members!) measures.Registration("registered", arrival.Event.Site(member.SiteId)!.Mode);
        await access.SendAsync(HttpContext, creation.ResourceId, arrival.Event, ct, StatusCodes.Status201Created);
    }

    // What was never stored has no id and no links.
    private static Delegation Foreseen(Delegation delegation) => delegation with
    {
        Id = null,
        CreatedAt = null,
        UpdatedAt = null,
        Contact = delegation.ToContact(),
        Members = [.. delegation.Members!.Select(member => member with { Id = null, DelegationId = null, Reference = null, CreatedAt = null, UpdatedAt = null })],
    };

    /// <summary>The work of registering a delegation. What does not depend on the transaction is made before it.</summary>
    private sealed class Arrival
    {
        private readonly Caller _caller;
        private readonly RegistrationTokens _tokens;
        private readonly ServerSettings _settings;
        private readonly List<NewRegistration> _wanted = [];
        private readonly List<Ahead<Rival>> _rivals;

        public Arrival(DelegationRequest request, Event evt, Caller caller, RegistrationTokens tokens, ServerSettings settings)
        {
            (Request, Event, _caller, _tokens, _settings) = (request, evt, caller, tokens, settings);
            Requests = request.ToRequests();
            var references = new HashSet<string>(StringComparer.Ordinal);
            for (var i = 0; i < Requests.Count; i++)
            {
                var reference = NewRegistration.NewReference(settings.ReferencePrefix);
                while (!references.Add(reference)) reference = NewRegistration.NewReference(settings.ReferencePrefix);
                _wanted.Add(Requests[i].ToRegistration(evt, caller) with { Reference = reference, NameFollows = request.Members![i].NameFollows == true });
            }

            _rivals = [.. _wanted.Select(Rival.Of)];
        }

        public DelegationRequest Request { get; }

        public Event Event { get; }

        public List<RegistrationRequest> Requests { get; }

        public Ahead[] Ahead => [.. _rivals];

        private bool IsTest => _caller.IsTest || Event.IsTest;

        // Runs in the group commit, perhaps more than once. Every rule is checked before the first write.
        public Delegation Register(WriteSession session)
        {
            var evt = session.LockEvent(Event.Id);
            var rivals = _rivals.ConvertAll(rival => session.One(rival)!);
            if (evt.RefusalAt(session.Now, _caller.IsOrganizer) is { } closed) throw new ProblemException(closed);
            RefuseContent(evt, session.Now);
            RefuseRivals(session, evt, rivals);
            if (Delegation.WithExternalId(session, evt.Id, _caller.HolderId, Request.ExternalId) is { } earlier) throw new ProblemException(Problem.ExternalIdTaken, "externalId", FieldCode.DuplicateId).With("delegationId", earlier);
            var namesDueAt = NamesDueAt(evt, session.Now);
            var invitees = Invitees(session, evt);
            var leftOut = OverQuota(session, evt);

            var id = $"{Delegation.IdPrefix}{OrderedId.New(session.Now)}";
            var status = RegisterForEvent.StatusFor(evt, _caller);
            var placed = new Placement?[Requests.Count];
            foreach (var party in Enumerable.Range(0, Requests.Count).Where(i => !leftOut.ContainsKey(i)).GroupBy(i => (Requests[i].SiteId, Requests[i].WhenFull, Requests[i].FallbackSiteId)))
            {
                var indexes = party.ToList();
                var places = PlaceOrRefuse(session, evt, status, Requests[indexes[0]].ToWish(), indexes.Count, id);
                for (var i = 0; i < indexes.Count; i++)
                {
                    placed[indexes[i]] = places[i];
                    if (places[i] is null) leftOut[indexes[i]] = new ProblemException(Problem.SiteFull);
                }
            }

            if (leftOut.Count == Requests.Count) throw leftOut.OrderBy(l => l.Key).First().Value;
            var delegation = new Delegation
            {
                Id = id, EventId = evt.Id, IsTest = IsTest, MadeBy = _caller.HolderId, ExternalId = Request.ExternalId, ContactName = Request.Contact!.FullName!,
                ContactEmail = EmailAddress.Repair(Request.Contact.Email!), ContactPhone = Request.Contact.Phone, Language = Request.Contact.Language!.Value,
                Organisation = Request.Organisation, City = Request.City, NamesDueAt = namesDueAt,
                LeftOut = leftOut.Count == 0 ? null : [.. leftOut.OrderBy(l => l.Key).Select(l => new LeftOut(l.Key, l.Value.Problem.Code))],
            };
            delegation.Insert(session);
            var members = new List<Registration>();
            for (var i = 0; i < placed.Length; i++)
            {
                if (placed[i] is not { } placement) continue;
                var member = Member(session, evt, status, i, placement, rivals[i], invitees[i]);
                member = member with { DelegationId = id, HoldEndsAt = status == RegistrationStatus.PendingConfirmation ? session.Now + RegisterForEvent.ConfirmationHold : member.NameFollows ? namesDueAt : null };
                RegisterForEvent.Store(session, evt, member, invitees[i], _caller);
                if (status != RegistrationStatus.PendingConfirmation && !member.NameFollows) OutboxRow.Add(session, RegisterForEvent.KindOf(member.Status), evt.Id, member.Id);
                members.Add(member);
            }

            Tell(session, evt, delegation, status);
            return delegation with { Members = members };
        }

        private static void Tell(WriteSession session, Event evt, Delegation delegation, RegistrationStatus status)
        {
            OutboxRow.AddForContact(session, status == RegistrationStatus.PendingConfirmation ? OutboxKind.AddressToConfirm : OutboxKind.DelegationRegistered, evt.Id, delegation.Id!);
            if (delegation.NamesDueAt is not { } due) return;
            foreach (var at in NameReminders.Before(session.Now, due)) OutboxRow.AddForContact(session, OutboxKind.NameDue, evt.Id, delegation.Id!, at);
        }

        /// <summary>What is wrong with the members, all of them in one answer.</summary>
        private void RefuseContent(Event evt, DateTimeOffset now)
        {
            var wrong = new List<FieldError>();
            for (var i = 0; i < Requests.Count; i++)
            {
                if (Requests[i].RefusalBy(evt, _caller, now) is not { } refusal) continue;
                List<FieldError> errors = [.. refusal.Errors.Select(e => e with { Field = Request.PathOf(i, e.Field) })];
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

        private DateTimeOffset? NamesDueAt(Event evt, DateTimeOffset now)
        {
            var due = EventTimes.ResolveRule(Request.NamesDueBy, evt.StartsAt, evt.Zone, "namesDueBy", closes: true);
            if (due <= now) throw ProblemException.Invalid("namesDueBy", FieldCode.InThePast);
            if (due > evt.StartsAt) throw ProblemException.Invalid("namesDueBy", FieldCode.AfterStart);
            return Request.Members!.Any(m => m.NameFollows == true) ? due : null;
        }

        private List<Invitee?> Invitees(WriteSession session, Event evt)
        {
            var invitees = new List<Invitee?>();
            for (var i = 0; i < Requests.Count; i++)
            {
                Invitee? invitee;
                try
                {
                    invitee = Invitation.Of(session, evt.Id, Requests[i]);
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
        private Dictionary<int, ProblemException> OverQuota(WriteSession session, Event evt)
        {
            var over = new Dictionary<int, ProblemException>();
            var coming = new Dictionary<string, int>(StringComparer.Ordinal);
            for (var i = 0; i < Requests.Count; i++)
            {
                if (CityQuotas.Of(evt, Requests[i].City) is not { } city) continue;
                var besides = coming.GetValueOrDefault(city);
                if (CityQuotas.Refusal(session, evt, Requests[i].City, IsTest, besides) is not { } full) coming[city] = besides + 1;
                else if (Request.Mode == DelegationMode.WhatFits) over[i] = full;
                else throw full.WithErrors([.. full.Errors.Select(e => e with { Field = Request.PathOf(i, e.Field) })]);
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
            var whatFits = Request.Mode == DelegationMode.WhatFits;
            if (status == RegistrationStatus.Confirmed)
                return whatFits ? Placement.FindWhatFits(session, evt, wish, size, id, counts) : [.. Enumerable.Repeat(Placement.Find(session, evt, wish, size, id, counts), size)];

            // As with those who register alone: what waits for somebody's word has at most a seat that is held for it.
            var mayHold = status == RegistrationStatus.PendingConfirmation || evt.EffectiveRules.PendingHoldsSeat == true;
            var held = !mayHold ? 0 : whatFits ? Placement.TakeUpTo(session, evt, site, size, counts) : Placement.TryTake(session, evt, site, size, counts) ? size : 0;
            List<Placement?> placed = [.. Enumerable.Repeat(new Placement(site.Id, true, null), held)];
            var asks = !mayHold && Seats.AreFor(evt, site, Seats.Of(session, evt.Id, site.Id), whatFits ? 1 : size, session.Now);
            var rest = wish.AtFullSite == WhenFull.Reject && !asks ? null : new Placement(site.Id, false, null);
            if (rest is null && held == 0) throw new ProblemException(Problem.SiteFull);
            while (placed.Count < size) placed.Add(rest);
            return placed;
        }

        private NewRegistration Member(WriteSession session, Event evt, RegistrationStatus status, int index, Placement placement, Rival rival, Invitee? invitee)
        {
            var member = RegisterForEvent.Begin(session, evt, _wanted[index], rival, invitee, _settings);
            return status == RegistrationStatus.Confirmed ? placement.For(member, evt, session.Now) : member with { Status = status, HoldsSeat = placement.HasSeat && evt.Counts(IsTest) };
        }
    }
}
