using System.Collections.Concurrent;
using Isa.Events.Api.Email;
using Isa.Events.Api.Telemetry;
using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Outbox;

/// <summary>
/// Sends what is in the outbox. One in each process; several share the rows by claims, and what one leaves undone another takes over once its claim has run out.
/// A portion takes four short writes whatever its size: taken, counted, begun, ended. Rendering and sending happen between them, beside the writer; while one portion is sent, the next is made ready.
/// </summary>
public sealed partial class Dispatcher(
    EventsDatabase database, Portions portions, Expansion expansion, Mailer mailer, RenderLetters render, IOptions<EmailSettings> settings, Measures measures, TimeProvider time, ILogger<Dispatcher> logger)
    : BackgroundService
{
    // What other processes have added, and what has become due.
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    // Between two portions that are not full: in a rush they come together.
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Making = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Stopping = TimeSpan.FromSeconds(10);

    // One core is left to those who register.
    private static readonly int Makers = Math.Max(1, Environment.ProcessorCount - 1);

    private readonly SemaphoreSlim _added = new(0, 1);

    /// <summary>Until nothing more can be done now.</summary>
    /// <returns>How many rows were looked at.</returns>
    internal async Task<int> RunAsync(CancellationToken ct)
    {
        for (var all = 0; ;)
        {
            var portion = await PrepareAsync(ct);
            await SendAsync(portion, Task.CompletedTask, ct);
            if (portion.Rows == 0) return all;
            all += portion.Rows;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!settings.Value.Send) return;
        database.WorkAdded += Wake;
        var (sending, woken) = (Task.CompletedTask, false);
        try
        {
            while (true)
            {
                var pause = Look;
                try
                {
                    var portion = await PrepareAsync(stoppingToken); // while the one before is on its way
                    var before = sending;
                    sending = SendAsync(portion, before, stoppingToken);
                    await before;
                    if (portion.Rows >= portions.Size) continue;
                    await sending;
                    if (portion.Rows > 0 || woken) pause = Gather; // woken for nothing: the rate is used up, and in a rush each commit would wake it again
                }
                catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
                {
                    LogFailed(logger, e);
                    if (sending.IsFaulted) sending = Task.CompletedTask; // said once
                    pause = AfterFailure;
                }

                // By the machine's clock: it is only how often one looks; what is due the product's clock tells.
                woken = pause == Look && await _added.WaitAsync(Look, stoppingToken);
                if (pause != Look) await Task.Delay(pause, stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // stopping
        }
        finally
        {
            database.WorkAdded -= Wake;
            await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Takes what is due, makes its messages, and notes that they are attempted.</summary>
    private async Task<Portion> PrepareAsync(CancellationToken ct)
    {
        var portion = new Portion(new RowClaim(time, Hold), await expansion.RunAsync(ct));
        var due = (await portions.DueAsync(ct)).ToList();
        // Without a mail server nothing is taken: what nobody has attempted can still be overtaken by what comes.
        if (due.Exists(d => !d.IsTest) && !await mailer.IsReadyAsync(ct)) due.RemoveAll(d => !d.IsTest);
        if (mailer.IsDoubtful) due = [.. due.Where(d => d.IsTest), .. due.Where(d => !d.IsTest).Take(1)];
        if (due.Count == 0) return portion;

        portion.Entries = await portions.TakeAsync(portion.Claim, [.. due.Select(d => d.Id)], ct);
        try
        {
            var made = await MakeAllAsync(portion, due.Where(d => d.IsTest).Select(d => d.Id).ToHashSet(StringComparer.Ordinal), ct);
            await BeginAsync(portion, made, ct);
            return portion;
        }
        catch
        {
            await EndAsync(portion, ct);
            throw;
        }
    }

    // Long enough for the slowest hand-over, and for a process that is slow to be seen as one.
    private TimeSpan Hold => mailer.Timeout * 2 + TimeSpan.FromMinutes(3);

    private async Task<List<ReadyLetter>> MakeAllAsync(Portion portion, HashSet<string> tests, CancellationToken ct)
    {
        var made = new ReadyLetter?[portion.Entries.Count];
        await Parallel.ForAsync(0, made.Length, new ParallelOptions { MaxDegreeOfParallelism = Makers, CancellationToken = ct }, async (at, _) =>
        {
            var entry = portion.Entries[at];
            var (letter, outcome) = await MakeAsync(entry, tests.Contains(entry.Id), ct);
            if (letter is not null) made[at] = letter;
            else portion.Outcomes[entry.Id] = outcome!;
        });
        return [.. made.OfType<ReadyLetter>()];
    }

    /// <summary>Hands a portion over, once the one before it is through.</summary>
    private async Task SendAsync(Portion portion, Task before, CancellationToken ct)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            using var end = new CancellationTokenSource();
            await using var stop = ct.Register(() => end.CancelAfter(Stopping)); // what is on its way may arrive
            await Parallel.ForEachAsync(portion.Ready, new ParallelOptions { MaxDegreeOfParallelism = mailer.Connections }, async (letter, _) =>
            {
                if (ct.IsCancellationRequested || !portion.Claim.HasTimeFor(mailer.Timeout * 2)) return;
                using var message = letter.Letter.Message; // has a finaliser in each part, which keeps all of it through two collections
                portion.Outcomes[letter.Entry.Id] = new Outcome(letter.Entry, await HandOverAsync(letter, end.Token));
            });
        }
        finally
        {
            await EndAsync(portion, ct);
        }
    }

    private async Task BeginAsync(Portion portion, List<ReadyLetter> made, CancellationToken ct)
    {
        foreach (var ofEvent in (await portions.WithinLimitsAsync(portion.Claim, made, ct)).GroupBy(l => l.Entry.EventId))
        {
            List<ReadyLetter> letters = [.. ofEvent];
            var held = await portions.BeginAsync(portion.Claim, ofEvent.Key, letters, ct);
            foreach (var letter in letters.Where(l => held.Contains(l.Entry.Id)))
            {
                portion.Ready.Add(letter);
                portion.Outcomes[letter.Entry.Id] = new Outcome(letter.Entry, new Delivery(DeliveryResult.Unavailable)); // counts as no try before it is one
            }
        }
    }

    // Also when stopping: what was sent is noted, the rest is let go for others. For as long as they are this claim's, for what is not noted is sent again.
    private async Task EndAsync(Portion portion, CancellationToken ct)
    {
        if (portion.Entries.Count == 0) return;
        using var patience = new CancellationTokenSource();
        await using var stop = ct.Register(() => patience.CancelAfter(Stopping));
        List<Outcome> outcomes = [.. portion.Entries.Select(e => portion.Outcomes.GetValueOrDefault(e.Id) ?? new Outcome(e, null))];
        while (true)
        {
            try
            {
                foreach (var end in await portions.EndAsync(portion.Claim, outcomes, patience.Token)) measures.Mail(end);
                return;
            }
            catch (ProblemException e) when (e.Problem.Status == StatusCodes.Status503ServiceUnavailable && portion.Claim.HasTimeFor(Gather))
            {
                await Task.Delay(Gather, patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception e)
            {
                LogNotNoted(logger, e, outcomes.Count);
                return;
            }
        }
    }

    private async Task<Delivery> HandOverAsync(ReadyLetter letter, CancellationToken ct)
    {
        try
        {
            return await mailer.SendAsync(letter.Letter, letter.Address, letter.IsTest, ct);
        }
        catch (OperationCanceledException)
        {
            return new Delivery(DeliveryResult.Deferred, "The server stopped while it was sent.");
        }
        catch (Exception e) // of this message, whatever it is: the others go on
        {
            LogNotSent(logger, e, letter.Entry.Id);
            return new Delivery(DeliveryResult.Deferred, "The message could not be handed over.");
        }
    }

    private async Task<(ReadyLetter?, Outcome?)> MakeAsync(OutboxEntry entry, bool isTest, CancellationToken ct)
    {
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
            patience.CancelAfter(Making);
            var letters = await render(entry, patience.Token).WaitAsync(Making, ct);
            if (letters.Select(l => l.Recipient).Distinct().Count() != letters.Count) throw new InvalidOperationException("Two letters for one recipient.");
            var mine = entry.Recipient is { } recipient ? letters.FirstOrDefault(l => l.Recipient == recipient) : letters.Count > 0 ? letters[0] : null;
            if (mine is null) return (null, new Outcome(entry, new Delivery(DeliveryResult.Needless)));
            mailer.Complete(mine.Message, entry.Id);
            return (new ReadyLetter(entry, mine, entry.Recipient is null ? [.. letters.Skip(1)] : [], isTest), null);
        }
        catch (ProblemException e) when (e.Problem.Status == StatusCodes.Status503ServiceUnavailable)
        {
            return (null, new Outcome(entry, null)); // the database's fault, which others meet too
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            LogNotMade(logger, e, entry.Id, entry.Kind);
            return (null, new Outcome(entry, new Delivery(DeliveryResult.Deferred, "The message could not be made."), Unmade: true));
        }
    }

    private void Wake()
    {
        if (_added.CurrentCount > 0) return;
        try
        {
            _added.Release();
        }
        catch (SemaphoreFullException)
        {
            // another writer was quicker
        }
    }

    public override void Dispose()
    {
        _added.Dispose();
        base.Dispose();
    }

    /// <summary>What is taken at a time.</summary>
    /// <param name="Claim">By which it is held.</param>
    /// <param name="Changes">That were passed on before.</param>
    private sealed record Portion(RowClaim Claim, int Changes)
    {
        public List<OutboxEntry> Entries { get; set; } = [];

        public List<ReadyLetter> Ready { get; } = [];

        /// <summary>Of each row by its id; one that is missing was not tried.</summary>
        public ConcurrentDictionary<string, Outcome> Outcomes { get; } = new(StringComparer.Ordinal);

        public int Rows => Changes + Entries.Count;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The outbox could not be worked on and is looked at again")]
    private static partial void LogFailed(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "The message {Row} ({Kind}) could not be made and is tried again")]
    private static partial void LogNotMade(ILogger logger, Exception exception, string row, OutboxKind kind);

    [LoggerMessage(Level = LogLevel.Error, Message = "What became of {Count} messages could not be noted: those that were sent may be sent once more")]
    private static partial void LogNotNoted(ILogger logger, Exception exception, int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "The message {Row} could not be handed over and is tried again")]
    private static partial void LogNotSent(ILogger logger, Exception exception, string row);
}
