using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using FastEndpoints;
using Isa.Events.Api.Commands;
using Isa.Events.Api.Database;
using Isa.Events.Api.Email;
using Isa.Events.Api.Features.Events;
using Isa.Events.Api.Features.Partners;
using Isa.Events.Api.Features.Registrations;
using Isa.Events.Api.Http;
using Isa.Events.Api.Outbox;
using Isa.Events.Api.Settings;
using Isa.Events.Api.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using MimeKit.IO;

namespace Isa.Events.Benchmarks;

/// <summary>The server with the baseline beside its own operations, so that both have the same pipeline, process and log.</summary>
internal static class BaselineHost
{
    // FastEndpoints finds the operations of this program by itself.
    public static Task<int> RunAsync(string[] args)
    {
        ThreadPool.SetMinThreads(128, 128); // the baseline holds a thread for each of its transactions
        return CommandLine.RunAsync(args, adapt: null);
    }
}

/// <summary>A registration that is read, authorised, limited, validated and answered like a real one, and stored nowhere: what the web server alone can do.</summary>
public sealed class StoreNothing : Endpoint<RegistrationRequest, Registration>
{
    public override void Configure()
    {
        Post("/baseline/registrations");
        Policies(Access.Partner);
    }

    public override Task HandleAsync(RegistrationRequest request, CancellationToken ct) => Send.ResponseAsync(
        new Registration
        {
            Id = $"{Registration.IdPrefix}{Guid.CreateVersion7():N}", EventId = "evt_baseline", SiteId = request.SiteId!, Status = RegistrationStatus.Confirmed, Reference = "ISA-7K3QX",
            FullName = request.FullName!, Email = request.Email, Organisation = request.Organisation, City = request.City, Audience = request.Audience, Language = request.Language!.Value,
            NoticeVersion = request.NoticeVersion, CreatedAt = DateTimeOffset.UtcNow, UpdatedAt = DateTimeOffset.UtcNow,
        },
        StatusCodes.Status201Created, ct);
}

/// <summary>
/// The very work of a real registration, each in a transaction of its own on a connection of its own, as programs without a group commit do it. On PostgreSQL
/// there are as many connections as the server may have writers.
/// </summary>
public sealed class TransactionPerRequest(EventsDatabase database, CurrentEvents events, RegistrationTokens tokens, IOptions<ServerSettings> settings, TimeProvider time)
    : Endpoint<RegistrationRequest, Registration>
{
    private static readonly ConcurrentBag<WriteSession> Pool = [];
    private static SemaphoreSlim? _places;

    public override void Configure()
    {
        Post("/baseline/events/{event}/registrations");
        Policies(Access.Partner);
    }

    public override async Task HandleAsync(RegistrationRequest request, CancellationToken ct)
    {
        var caller = HttpContext.GetCaller()!;
        var key = IdempotencyKey.Read(HttpContext, nameof(RegisterForEvent));
        var evt = (await events.GetAsync(Route<string>("event")!, caller, ct, mayBeOld: true)).Event;
        var wanted = request.ToRegistration(evt, caller) with { Reference = NewRegistration.NewReference(settings.Value.ReferencePrefix) };
        var (rival, look) = (Rival.Of(wanted), new SeatLook());
        Registration? made = null;
        var work = key.Once(request, session => (made = RegisterForEvent.Register(session, evt.Id, request, wanted, rival, look, caller, tokens, settings.Value)).Id!);

        if (database.IsShared) await LazyInitializer.EnsureInitialized(ref _places, () => new SemaphoreSlim(database.Engine.Writers)).WaitAsync(ct);
        try
        {
            while (!TryOnce(session =>
            {
                session.Begin(evt.Id, Instant.Cut(time.GetUtcNow()), [.. key.Ahead, rival]);
                work(session);
            })) { }
        }
        finally
        {
            _places?.Release();
        }

        await Send.ResponseAsync(made! with { Links = tokens.Links(made!, evt) }, StatusCodes.Status201Created, ct);
    }

    // Those who wait for one row may wait too long, or for each other: then they begin again, as such programs do.
    private bool TryOnce(Action<WriteSession> work)
    {
        if (!Pool.TryTake(out var session)) session = database.Engine.OpenWriter();
        try
        {
            work(session);
            session.Channel.Commit();
            session.Channel.End();
            Pool.Add(session);
            return true;
        }
        catch (Exception e) when (database.Engine.MayPass(e))
        {
            session.Dispose();
            return false;
        }
    }
}

/// <summary>Renders the confirmation of each registration of an event, as the dispatcher does, up to the bytes; sends nothing.</summary>
public sealed class RenderMails(EventsDatabase database, Letters letters, Mailer mailer, TimeProvider time) : EndpointWithoutRequest<RenderedMails>
{
    public override void Configure()
    {
        Post("/baseline/events/{event}/mails");
        Policies(Access.Organizer);
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        var id = Route<string>("event")!;
        var registrations = await database.ReadAsync(session => session.Query<string>("SELECT id FROM registrations WHERE event_id = @Id ORDER BY id", new { Id = id }), ct);
        var (start, cpu, bytes) = (Stopwatch.GetTimestamp(), Process.GetCurrentProcess().TotalProcessorTime, 0L);
        foreach (var registration in registrations)
        {
            var entry = new OutboxEntry { Id = OrderedId.New(time.GetUtcNow()), Kind = OutboxKind.RegistrationConfirmed, EventId = id, RegistrationId = registration, CreatedAt = time.GetUtcNow() };
            foreach (var letter in await letters.RenderAsync(entry, ct))
            {
                mailer.Complete(letter.Message, entry.Id);
                using var measure = new MeasuringStream();
                await letter.Message.WriteToAsync(Mailer.Format, measure, ct);
                bytes += measure.Length;
            }
        }

        await Send.OkAsync(new RenderedMails(registrations.Count, bytes, Stopwatch.GetElapsedTime(start).TotalSeconds, (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds), ct);
    }
}

/// <param name="Count">Mails.</param>
/// <param name="Bytes">Of all of them, as they would travel.</param>
/// <param name="Seconds">One after another.</param>
/// <param name="CpuSeconds">Of all threads meanwhile.</param>
public sealed record RenderedMails(int Count, long Bytes, double Seconds, double CpuSeconds);

/// <summary>How long the writer was held by each transaction since it was last asked, in milliseconds.</summary>
public sealed class WriterTransactions : EndpointWithoutRequest<IReadOnlyList<double>>
{
    private static readonly ConcurrentQueue<double> Held = new();
    private static readonly Lazy<MeterListener> Listener = new(() =>
    {
        var listener = new MeterListener { InstrumentPublished = (instrument, me) => { if (instrument is { Meter.Name: Measures.Name, Name: "isa.events.writer.transaction" }) me.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<double>((_, seconds, _, _) => Held.Enqueue(seconds * 1000));
        listener.Start();
        return listener;
    });

    public override void Configure()
    {
        Post("/baseline/transactions");
        Policies(Access.Organizer);
    }

    public override Task HandleAsync(CancellationToken ct)
    {
        _ = Listener.Value;
        var all = new List<double>();
        while (Held.TryDequeue(out var held)) all.Add(held);
        return Send.OkAsync(all, ct);
    }
}
