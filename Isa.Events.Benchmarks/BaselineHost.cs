using System.Collections.Concurrent;
using FastEndpoints;
using Isa.Events.Api.Commands;
using Isa.Events.Api.Database;
using Isa.Events.Api.Features.Events;
using Isa.Events.Api.Features.Partners;
using Isa.Events.Api.Features.Registrations;
using Isa.Events.Api.Http;
using Isa.Events.Api.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

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
        var rival = Rival.Of(wanted);
        Registration? made = null;
        var work = key.Once(request, session => (made = RegisterForEvent.Register(session, evt.Id, request, wanted, rival, caller, tokens, settings.Value)).Id!);

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
