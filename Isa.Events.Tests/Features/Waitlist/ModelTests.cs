using System.Globalization;
using Isa.Events.Api.Database;
using Isa.Events.Api.Features.Events;
using Isa.Events.Api.Features.Registrations;
using Isa.Events.Api.Features.Replies;
using Isa.Events.Api.Features.Waitlist;
using Isa.Events.Tests.Features.Delegations;
using Microsoft.Extensions.DependencyInjection;

namespace Isa.Events.Tests.Features.Waitlist;

/// <summary>
/// Random sequences of everything that people and organisers do to seats, against the real server and beside it a plain model that knows only the rules. After every
/// step both must say the same of everybody. A failing seed is named; put it into <see cref="Seeds"/> to run it alone.
/// </summary>
public class ModelTests
{
    private const int StepsEach = 200;

    /// <summary>On each database; with those of the other, more than 10,000 steps.</summary>
    private static readonly IEnumerable<int> Seeds = Enumerable.Range(1, 27);

    [Fact]
    public async Task Seats_and_queues_are_what_the_rules_say_after_every_step()
    {
        await using var host = new EventsHost();
        await host.InitializeAsync();
        foreach (var seed in Seeds)
        {
            var play = await Play.BeginAsync(host, seed);
            for (var step = 1; step <= StepsEach; step++)
            {
                var what = await play.StepAsync();
                await play.CompareAsync($"seed {seed}, step {step}: {what}");
            }
        }

        await host.IsWholeAsync();
        TestContext.Current.SendDiagnosticMessage($"model: seeds {Seeds.First()} to {Seeds.Last()}, {StepsEach} steps each");
    }

    [Fact]
    public async Task A_promotion_that_was_left_leftOutwould_be_seen()
    {
        await using var host = new EventsHost();
        await host.InitializeAsync();
        var play = await Play.BeginAsync(host, 0);
        var registered = 0;
        while (registered < 12) registered += (await play.StepAsync(Play.Act.Register)).Contains("hannover", StringComparison.Ordinal) ? 1 : 0;
        await play.CompareAsync("before");
        var seated = play.Model.People.Values.First(p => p.Seat == "hannover");
        await host.Database.WriteAsync(play.EventId, session =>
        {
            session.Execute("UPDATE sites SET seats_taken = seats_taken - 1 WHERE event_id = @EventId AND id = 'hannover'", new { play.EventId });
            session.Execute("UPDATE registrations SET status = 'cancelled', holds_seat = FALSE, waitlist_entry_id = NULL, version = version + 1 WHERE id = @Id", new { seated.Id });
            return true;
        }, CancellationToken.None);
        play.Model.Cancel(seated.Id);
        (await Record.ExceptionAsync(() => play.CompareAsync("after"))).ShouldNotBeNull().Message.ShouldContain("after");
    }

    /// <summary>What the rules say, without a database.</summary>
    public sealed class Model(Dictionary<string, long?> capacity, Dictionary<string, PromotionMode?> queues)
    {
        public Dictionary<string, long?> Capacity { get; } = capacity;

        public Dictionary<string, Person> People { get; } = [];

        /// <summary>Who waits for a site, the next ones first.</summary>
        public Dictionary<string, List<Entry>> Waiting { get; } = capacity.Keys.ToDictionary(site => site, _ => new List<Entry>());

        public List<Entry> Offers { get; } = [];

        public DateTimeOffset Now { get; set; }

        public long Taken(string site) => People.Values.Count(p => p.Seat == site) + Offers.Where(o => o.Site == site).Sum(o => o.Members.Count);

        public bool IsFull(string site, int size = 1) => Head(site) is not null || Capacity[site] is { } limit && Taken(site) + size > limit;

        /// <returns>What became of it, or null where it is refused.</returns>
        public string? Register(string id, string site, string? whenFull, string? fallback) => Place([id], site, whenFull, fallback) ? People[id].ToString() : null;

        /// <summary>People who come together: all of them or nobody, or those who fit.</summary>
        /// <returns>Who is registered.</returns>
        public List<string> RegisterParty(IReadOnlyList<(string Id, string Site)> members, string? whenFull, string? fallback, bool whatFits)
        {
            var came = new List<string>();
            foreach (var party in members.GroupBy(m => m.Site))
            {
                var ids = party.Select(m => m.Id).ToList();
                var (wish, other) = party.Key == fallback ? (null, null) : (whenFull, fallback);
                if (whatFits) came.AddRange(PlaceWhatFits(ids, party.Key, wish, other));
                else if (Place(ids, party.Key, wish, other)) came.AddRange(ids);
                else
                {
                    foreach (var id in came) Forget(id);
                    return [];
                }
            }

            return came;
        }

        public void Cancel(params IEnumerable<string> ids)
        {
            var freed = new List<string?>();
            foreach (var person in ids.Select(id => People[id]).ToList())
            {
                freed.AddRange([person.Seat, person.Wants]);
                Forget(person.Id);
            }

            Promote(freed);
        }

        public bool Change(string id, string site, string? whenFull, bool keep)
        {
            var person = People[id];
            var (seat, wanted) = (person.Seat, person.Wants);
            if (seat == site)
            {
                if (wanted is null || keep) return true;
                Leave(person);
                Promote(wanted);
            }
            else if (wanted == site && Offers.Contains(person.Entry!)) Accept(id);
            else if (!IsFull(site))
            {
                if (!keep || wanted == site) Leave(person);
                person.Seat = site;
                Promote(seat, person.Wants is null ? wanted : null);
            }
            else if (wanted == site) return true;
            else if (whenFull == "reject" || queues[site] is null) return false;
            else
            {
                Leave(person);
                Queue([id], site);
                Promote(wanted);
            }

            return true;
        }

        public void Accept(string id)
        {
            var person = People[id];
            var (seat, wanted) = (person.Seat, person.Wants);
            Leave(person);
            person.Seat = wanted;
            Promote(seat);
        }

        public void Decline(string id)
        {
            var person = People[id];
            var wanted = person.Wants;
            Leave(person);
            if (person.Seat is null) People.Remove(id);
            Promote(wanted);
        }

        public void Give(Entry entry)
        {
            Waiting[entry.Site].Remove(entry);
            Promote([.. Seat(entry), entry.Site]);
        }

        /// <summary>A no in the calendar, which takes effect half an hour later.</summary>
        public void SayNo(string id)
        {
            if (People[id].NoUntil is not null) return;
            People[id].NoUntil = Now.AddMinutes(30);
            Promote(People[id].Wants);
        }

        public void TakeBack(string id)
        {
            if (People[id].NoUntil is null) return;
            People[id].NoUntil = null;
            Promote(People[id].Wants);
        }

        public void Pass()
        {
            foreach (var entry in Offers.Where(o => o.OfferEnds <= Now).ToList())
            {
                foreach (var person in entry.Members.Select(id => People[id]).ToList())
                {
                    Leave(person);
                    if (person.Seat is null) People.Remove(person.Id);
                }
            }

            Cancel(People.Values.Where(p => p.NoUntil <= Now).Select(p => p.Id).Order(StringComparer.Ordinal).ToList());
            Promote(Waiting.Keys);
        }

        /// <summary>Who takes over a place.</summary>
        public void Substitute(string id, string next)
        {
            var person = People[id];
            People.Remove(id);
            People[next] = new Person(next) { Seat = person.Seat, Entry = person.Entry };
            if (person.Entry is { } entry) entry.Members[entry.Members.IndexOf(id)] = next;
            if (person.NoUntil is not null) Promote(person.Wants);
        }

        public void Promote(params IEnumerable<string?> freed)
        {
            var sites = new Queue<string>(freed.OfType<string>());
            while (sites.TryDequeue(out var site))
            {
                while (queues[site] is { } mode && mode != PromotionMode.Manual && Head(site) is { } entry && (Capacity[site] is not { } limit || Taken(site) + entry.Members.Count <= limit))
                {
                    Waiting[site].Remove(entry);
                    if (mode == PromotionMode.Offer)
                    {
                        entry.OfferEnds = Now.AddHours(24);
                        Offers.Add(entry);
                    }
                    else
                    {
                        foreach (var left in Seat(entry)) sites.Enqueue(left);
                    }
                }
            }
        }

        // Whose people have all said no keep their place and are passed over, and so do those for whom the site has become too small.
        private Entry? Head(string site) => Waiting[site].Find(entry => entry.Members.Exists(id => People[id].NoUntil is null) && !(entry.Members.Count > Capacity[site]));

        private bool Place(List<string> ids, string site, string? whenFull, string? fallback)
        {
            if (!IsFull(site, ids.Count))
            {
                foreach (var id in ids) People[id] = new Person(id) { Seat = site };
                return true;
            }

            if (whenFull == "reject" || whenFull != "attendSite" && !CanWait(site, ids.Count) || whenFull == "attendSite" && IsFull(fallback!, ids.Count)) return false;
            foreach (var id in ids) People[id] = new Person(id) { Seat = whenFull == "attendSite" ? fallback : null };
            if (CanWait(site, ids.Count)) Queue(ids, site);
            return true;
        }

        private List<string> PlaceWhatFits(List<string> ids, string site, string? whenFull, string? fallback)
        {
            var seated = ids.Take(Room(site)).ToList();
            if (seated.Count > 0) Place(seated, site, null, null);
            var rest = ids.Skip(seated.Count).ToList();
            if (whenFull == "attendSite")
            {
                var away = rest.Take(Room(fallback!)).ToList();
                if (away.Count > 0) Place(away, fallback!, null, null);
                if (away.Count > 0 && CanWait(site, away.Count)) Queue(away, site);
                return [.. seated, .. away];
            }

            if (rest.Count == 0 || whenFull == "reject" || !CanWait(site, rest.Count)) return seated;
            foreach (var id in rest) People[id] = new Person(id);
            Queue(rest, site);
            return ids;
        }

        private int Room(string site) => Head(site) is not null ? 0 : (int)Math.Min(int.MaxValue, (Capacity[site] ?? int.MaxValue) - Taken(site));

        private bool CanWait(string site, int size) => queues[site] is not null && (size == 1 || Capacity[site] is not { } limit || size <= limit);

        private void Queue(List<string> ids, string site)
        {
            var entry = new Entry(site, [.. ids]);
            foreach (var id in ids) People[id].Entry = entry;
            Waiting[site].Add(entry);
        }

        /// <summary>Confirms an entry's people; gives what they had before.</summary>
        private List<string> Seat(Entry entry)
        {
            var left = new List<string>();
            foreach (var person in entry.Members.Select(id => People[id]))
            {
                if (person.Seat is not null) left.Add(person.Seat);
                (person.Seat, person.Entry) = (entry.Site, null);
            }

            return left;
        }

        private void Leave(Person person)
        {
            if (person.Entry is not { } entry) return;
            entry.Members.Remove(person.Id);
            person.Entry = null;
            if (entry.Members.Count > 0) return;
            Waiting[entry.Site].Remove(entry);
            Offers.Remove(entry);
        }

        private void Forget(string id)
        {
            Leave(People[id]);
            People.Remove(id);
        }
    }

    /// <summary>People who wait for a site together, or have seats there offered.</summary>
    public sealed class Entry(string site, List<string> members)
    {
        public string Site => site;

        public List<string> Members => members;

        public DateTimeOffset OfferEnds { get; set; }

        public override string ToString() => string.Join('+', members.Order(StringComparer.Ordinal));
    }

    /// <summary>Somebody who is registered: where they have a seat, and where they want one.</summary>
    public sealed class Person(string id)
    {
        public string Id => id;

        public string? Seat { get; set; }

        public Entry? Entry { get; set; }

        public string? Wants => Entry?.Site;

        /// <summary>When a no takes effect.</summary>
        public DateTimeOffset? NoUntil { get; set; }

        public override string ToString() => $"{Seat}/{Wants}";
    }

    /// <summary>One event that random people come to, and its model.</summary>
    public sealed class Play
    {
        private static readonly string[] SiteIds = ["hannover", "foshan", "zoom", "overflow"];
        private readonly EventsHost _host;
        private readonly Random _random;

        private Play(EventsHost host, Random random, string eventId, Model model) => (_host, _random, EventId, Model) = (host, random, eventId, model);

        public enum Act
        {
            Register,
            RegisterParty,
            Cancel,
            CancelParty,
            Change,
            Answer,
            Resize,
            Pass,
            Give,
            Substitute,
            SayNo,
            TakeBack,
        }

        public string EventId { get; }

        public Model Model { get; private set; }

        private Support.Api Caller => _random.Next(2) == 0 ? _host.Partner : _host.Organizer;

        public static async Task<Play> BeginAsync(EventsHost host, int seed)
        {
            var random = new Random(seed);
            var capacity = SiteIds.ToDictionary(site => site, site => site == "zoom" && random.Next(3) > 0 ? (long?)null : random.Next(0, 6));
            var queues = SiteIds.ToDictionary(site => site, site => site == "hannover" ? PromotionMode.Automatic : random.Next(4) switch { 0 => null, 1 => PromotionMode.Offer, 2 => PromotionMode.Manual, _ => (PromotionMode?)PromotionMode.Automatic });
            var start = host.Time.GetUtcNow().AddDays(30);
            var id = await host.EventAsync(evt =>
            {
                evt["timeZone"] = "Etc/UTC"; // no hour that the clocks skip or show twice
                evt["startsAt"] = start.ToString("yyyy-MM-ddTHH:00", CultureInfo.InvariantCulture);
                evt["endsAt"] = start.AddHours(3).ToString("yyyy-MM-ddTHH:00", CultureInfo.InvariantCulture);
                evt["registrationCloses"] = null;
                var overflow = evt["sites"]![0]!.DeepClone();
                overflow["id"] = "overflow";
                evt["sites"]!.AsArray().Add(overflow);
                foreach (var site in evt["sites"]!.AsArray())
                {
                    site!["capacity"] = capacity[(string)site["id"]!];
                    if (queues[(string)site["id"]!] is { } mode) site["waitlist"] = new JsonObject { ["promotion"] = RowTypes.Name(mode) };
                }
            });
            return new Play(host, random, id, new Model(capacity, queues) { Now = host.Time.GetUtcNow() });
        }

        /// <summary>Does something, to both.</summary>
        /// <returns>What, for people.</returns>
        public async Task<string> StepAsync(Act? act = null)
        {
            Model.Now = _host.Time.GetUtcNow();
            var acts = new[] { Act.Register, Act.Register, Act.Register, Act.RegisterParty, Act.RegisterParty, Act.Cancel, Act.Cancel, Act.CancelParty, Act.Change, Act.Change, Act.Change, Act.Answer, Act.Answer, Act.Resize, Act.Pass, Act.Give, Act.Substitute, Act.SayNo, Act.SayNo, Act.SayNo, Act.TakeBack, Act.TakeBack };
            var chosen = act ?? (Model.People.Count == 0 ? Act.Register : acts[_random.Next(acts.Length)]);
            return $"{chosen} {await (chosen switch
            {
                Act.Register => RegisterAsync(),
                Act.RegisterParty => RegisterPartyAsync(),
                Act.Cancel => CancelAsync(),
                Act.CancelParty => CancelPartyAsync(),
                Act.Change => ChangeAsync(),
                Act.Answer => AnswerAsync(),
                Act.Resize => ResizeAsync(),
                Act.Pass => PassAsync(),
                Act.Give => GiveAsync(),
                Act.SayNo => SayNoAsync(),
                Act.TakeBack => TakeBackAsync(),
                _ => SubstituteAsync(),
            })}";
        }

        public async Task CompareAsync(string when)
        {
            var (rows, entries, seats) = await _host.Database.ReadAsync(session => (
                session.Query<Registration>($"SELECT {Registration.Columns} FROM registrations WHERE event_id = @EventId AND status NOT IN ('cancelled', 'declined')", new { EventId }),
                session.Query<WaitlistEntry>($"SELECT {WaitlistEntry.Columns} FROM waitlist_entries WHERE event_id = @EventId AND state IN ('queued', 'offered') ORDER BY number", new { EventId }),
                session.Query<SiteSeats>(SiteSeats.OfEvent, new { EventId })), CancellationToken.None);
            var byEntry = rows.Where(r => r.WaitlistEntryId is not null).GroupBy(r => r.WaitlistEntryId!).ToDictionary(e => e.Key, e => string.Join('+', e.Select(r => r.Id!).Order(StringComparer.Ordinal)));
            rows.Select(r => $"{r.Id} {(r.HoldsSeat ? r.SiteId : "")}/{(r.WaitlistEntryId is { } entry ? entries.Single(e => e.Id == entry).SiteId : "")} {r.Status}").Order(StringComparer.Ordinal)
                .ShouldBe(Model.People.Values.Select(p => $"{p.Id} {p} {(p.Seat is null ? RegistrationStatus.Waitlisted : RegistrationStatus.Confirmed)}").Order(StringComparer.Ordinal), when);
            foreach (var site in seats)
            {
                (site.SeatsTaken, site.Waiting, site.Capacity).ShouldBe((Model.Taken(site.SiteId), Model.Waiting[site.SiteId].Count, Model.Capacity[site.SiteId]), $"{when}, {site.SiteId}");
                entries.Where(e => e.SiteId == site.SiteId && e.State == EntryState.Queued).Select(e => byEntry[e.Id]).ShouldBe(Model.Waiting[site.SiteId].Select(e => e.ToString()), $"{when}, queue of {site.SiteId}");
            }

            entries.Where(e => e.State == EntryState.Offered).Select(e => byEntry[e.Id]).Order(StringComparer.Ordinal).ShouldBe(Model.Offers.Select(o => o.ToString()).Order(StringComparer.Ordinal), when);
        }

        private async Task<string> RegisterAsync()
        {
            var (site, whenFull) = (Any(SiteIds), Any([null, "reject", "waitlist", "attendSite", "attendSite"]));
            var fallback = whenFull == "attendSite" ? Any(SiteIds.Where(s => s != site).ToArray()) : null;
            var answer = await Caller.RegisterAsync(EventId, Given.Person(siteId: site, change: p => (p["whenFull"], p["fallbackSiteId"]) = (whenFull, fallback)));
            var id = answer.Status == HttpStatusCode.Created ? (string)answer.Json["id"]! : "nobody";
            var expected = Model.Register(id, site, whenFull, fallback);
            var what = $"{site} {whenFull} {fallback} -> {answer.Status} {answer.Code}";
            (answer.Status == HttpStatusCode.Created).ShouldBe(expected is not null, what);
            if (expected is null) answer.Code.ShouldBe("site-full", what);
            return what;
        }

        private async Task<string> RegisterPartyAsync()
        {
            var (mode, whenFull) = (Any(["allOrNothing", "whatFits"]), Any([null, "reject", "waitlist", "attendSite"]));
            var sites = Enumerable.Range(0, 2).Select(_ => Any(SiteIds)).ToArray();
            var fallback = whenFull == "attendSite" ? Any(SiteIds) : null;
            var members = Enumerable.Range(0, _random.Next(1, 5)).Select(_ => Any(sites)).ToList();
            var answer = await Caller.PostAsync($"/v1/events/{EventId}/delegations", Party.Of(members.Count, d =>
            {
                (d["mode"], d["whenFull"], d["fallbackSiteId"]) = (mode, whenFull, fallback);
                for (var i = 0; i < members.Count; i++) d["members"]![i]!["siteId"] = members[i];
            }).ToJsonString());
            var what = $"{mode} {string.Join('+', members)} {whenFull} {fallback} -> {answer.Status} {answer.Code}";
            var leftOut = answer.Status == HttpStatusCode.Created ? (answer.Json["leftOut"]?.AsArray() ?? []).Select(l => (int)l!["member"]!).ToHashSet() : Enumerable.Range(0, members.Count).ToHashSet();
            var ids = new Queue<string>(answer.Status == HttpStatusCode.Created ? answer.Json.Members().Select(m => (string)m["id"]!) : []);
            List<(string Id, string Site)> sent = [.. members.Select((site, i) => (leftOut.Contains(i) ? $"nobody {i}" : ids.Dequeue(), site))];
            Model.RegisterParty(sent, whenFull, fallback, mode == "whatFits").Order(StringComparer.Ordinal).ShouldBe(sent.Select(m => m.Id).Where(id => !id.StartsWith("nobody", StringComparison.Ordinal)).Order(StringComparer.Ordinal), what);
            if (answer.Status != HttpStatusCode.Created) answer.Code.ShouldBe("site-full", what);
            return what;
        }

        private async Task<string> CancelPartyAsync()
        {
            var found = (await _host.Database.ReadAsync(session => Registration.Find(session, Anybody()), CancellationToken.None))!;
            if (found.DelegationId is not { } delegation) return "nobody's";
            var members = (await _host.Organizer.GetAsync($"/v1/delegations/{delegation}")).Json.Members().Select(m => (string)m["id"]!).Where(Model.People.ContainsKey).ToList();
            (await _host.Organizer.PostAsync($"/v1/delegations/{delegation}/cancel")).ShouldBe(HttpStatusCode.OK);
            Model.Cancel(members);
            return string.Join('+', members);
        }

        private async Task<string> CancelAsync()
        {
            var id = Anybody();
            (await _host.Organizer.PostAsync($"/v1/registrations/{id}/cancel")).ShouldBe(HttpStatusCode.OK);
            Model.Cancel(id);
            return id;
        }

        private async Task<string> ChangeAsync()
        {
            var (id, site, whenFull, keep) = (Anybody(), Any(SiteIds), Any([null, "reject", "waitlist"]), _random.Next(2) == 0);
            var answer = await _host.Organizer.PostAsync($"/v1/registrations/{id}/change-site", new JsonObject { ["siteId"] = site, ["whenFull"] = whenFull, ["keepWaiting"] = keep }.ToJsonString());
            var what = $"{id} to {site} {whenFull} {keep} -> {answer.Status} {answer.Code}";
            answer.Status.ShouldBe(Model.Change(id, site, whenFull, keep) ? HttpStatusCode.OK : HttpStatusCode.Conflict, what);
            return what;
        }

        private async Task<string> AnswerAsync()
        {
            var id = Model.Offers.Count > 0 ? Any(Model.Offers.SelectMany(o => o.Members).ToArray()) : Anybody();
            var (accepts, offered) = (_random.Next(2) == 0, Model.People[id].Entry is { } entry && Model.Offers.Contains(entry) && entry.OfferEnds > Model.Now);
            var answer = await _host.Organizer.PostAsync($"/v1/registrations/{id}/offer/{(accepts ? "accept" : "decline")}");
            if (offered)
            {
                answer.ShouldBe(HttpStatusCode.OK);
                if (accepts) Model.Accept(id);
                else Model.Decline(id);
            }
            else if (answer.Status != HttpStatusCode.OK) answer.Status.ShouldBe(HttpStatusCode.Conflict); // OK where the same was said before

            return $"{id} accepts {accepts}, offered {offered}";
        }

        private async Task<string> ResizeAsync()
        {
            var site = Any(SiteIds);
            var to = _random.Next(0, 9);
            var answer = await _host.Organizer.PatchAsync($"/v1/events/{EventId}/sites/{site}", $$"""{"capacity":{{to}}}""", ("If-Match", "*"));
            var taken = Model.Taken(site);
            answer.Status.ShouldBe(to < taken ? HttpStatusCode.Conflict : HttpStatusCode.OK, answer.Text);
            if (to >= taken)
            {
                Model.Capacity[site] = to;
                Model.Promote(site);
            }

            return $"{site} to {to}, taken {taken}";
        }

        private async Task<string> PassAsync()
        {
            _host.Time.Advance(TimeSpan.FromMinutes(_random.Next(1, 90)));
            Model.Now = _host.Time.GetUtcNow();
            await _host.Services.GetRequiredService<Timekeeper>().RunAsync(CancellationToken.None);
            Model.Pass();
            return $"to {Model.Now:u}";
        }

        private async Task<string> GiveAsync()
        {
            if (Model.Waiting.Values.Sum(w => w.Count) == 0) return "nobody waits";
            var entry = Any(Model.Waiting.Values.SelectMany(w => w).ToArray());
            var (what, site) = (entry.ToString(), entry.Site);
            var id = (await _host.Database.ReadAsync(session => Registration.Find(session, entry.Members[0]), CancellationToken.None))!.WaitlistEntryId;
            var answer = await _host.Organizer.PostAsync($"/v1/events/{EventId}/waitlist/{id}/promote");
            var fits = Model.Capacity[site] is not { } limit || Model.Taken(site) + entry.Members.Count <= limit;
            answer.Status.ShouldBe(fits ? HttpStatusCode.OK : HttpStatusCode.Conflict, answer.Text);
            if (fits) Model.Give(entry);
            return $"{what} at {site}, fits {fits}";
        }

        private async Task<string> SubstituteAsync()
        {
            var id = Anybody();
            var deputy = Given.Person();
            deputy.Remove("siteId");
            var next = (string)(await _host.Organizer.PostAsync($"/v1/registrations/{id}/substitute", deputy.ToJsonString())).ShouldBe(HttpStatusCode.Created).Json["id"]!;
            Model.Substitute(id, next);
            return $"{id} by {next}";
        }

        private async Task<string> SayNoAsync()
        {
            var id = Model.Waiting.Values.Any(w => w.Count > 0) && _random.Next(2) == 0 ? Any(Model.Waiting.Values.SelectMany(w => w).SelectMany(e => e.Members).ToArray()) : Anybody();
            await _host.Database.WriteAsync(EventId, session =>
            {
                var evt = session.LockEvent(EventId);
                return Answering.Apply(session, evt, Registration.Find(session, id)!, CalendarReply.Declined, null, 1, session.Now, session.Now);
            }, CancellationToken.None);
            Model.SayNo(id);
            return id;
        }

        private async Task<string> TakeBackAsync()
        {
            var said = Model.People.Values.Where(p => p.NoUntil is not null).Select(p => p.Id).Order(StringComparer.Ordinal).ToArray();
            if (said.Length == 0) return "nobody said no";
            var id = Any(said);
            (await _host.Organizer.PostAsync($"/v1/registrations/{id}/keep")).ShouldBe(HttpStatusCode.OK);
            Model.TakeBack(id);
            return id;
        }

        private string Anybody() => Any(Model.People.Keys.Order(StringComparer.Ordinal).ToArray());

        private T Any<T>(T[] choices) => choices[_random.Next(choices.Length)];
    }
}
