using System.Xml;
using Isa.Events.Api.Email;

namespace Isa.Events.Api.Features.Server;

/// <summary>Says whether the server can do its work now, and which part cannot.</summary>
public sealed class GetReadiness(EventsDatabase database, DailyBackup backups, SmtpTransport smtp, MailboxReader mailbox, IHostApplicationLifetime lifetime) : EndpointWithoutRequest<ReadinessAnswer>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    // The write below fits where a batch of registrations does not: on a full disk SQLite's log still has room in itself for a page or two.
    private const long LeastFreeBytes = 16 << 20;

    public override void Configure()
    {
        Get("/health/ready");
        RoutePrefixOverride("");
        AllowAnonymous();
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        ReadinessPart[] parts =
        [
            lifetime.ApplicationStopping.IsCancellationRequested ? new("server", PartStatus.Failed, "stopping") : new("server", PartStatus.Ok, null),
            Disk(),
            await Try("read", token => database.ReadAsync(session => session.One<long>("SELECT COUNT(*) FROM migrations"), token), ct),
            // A write that changes nothing but must reach the disk's lock and commit.
            await Try("write", token => database.WriteAsync("health", session =>
            {
                session.Execute("UPDATE server_secrets SET created_at = created_at WHERE name = @Name", new { Name = "links" });
                return true;
            }, token), ct),
        ];
        var ready = parts.All(p => p.Status == PartStatus.Ok);
        // Shown, but no reason to send nobody here any more: the server works without it.
        if (backups.IsOn) parts = [.. parts, Backup()];
        if (smtp.IsOn) parts = [.. parts, smtp.Trouble is { } trouble ? new("mail", PartStatus.Failed, RowTypes.Name(trouble)) : new("mail", PartStatus.Ok, null)];
        if (mailbox.IsOn) parts = [.. parts, mailbox.Trouble is { } unread ? new("mailbox", PartStatus.Failed, RowTypes.Name(unread)) : new("mailbox", PartStatus.Ok, null)];
        HttpContext.Response.Headers.CacheControl = "no-store";
        await Send.ResponseAsync(new ReadinessAnswer(ready ? ReadinessStatus.Ready : ReadinessStatus.NotReady, parts), ready ? 200 : 503, ct);
    }

    private ReadinessPart Backup()
    {
        var (failed, age) = backups.State();
        return new("backup", failed ? PartStatus.Failed : PartStatus.Ok, age is { } old ? XmlConvert.ToString(TimeSpan.FromMinutes(Math.Floor(old.TotalMinutes))) : "none");
    }

    private ReadinessPart Disk()
    {
        try
        {
            return database.File is null || new DriveInfo(database.DataFolder).AvailableFreeSpace >= LeastFreeBytes ? new("disk", PartStatus.Ok, null) : new("disk", PartStatus.Failed, "full");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new("disk", PartStatus.Ok, null); // a file system that does not tell; writing will
        }
    }

    private static async Task<ReadinessPart> Try<T>(string name, Func<CancellationToken, Task<T>> work, CancellationToken ct)
    {
        try
        {
            await work(ct).WaitAsync(Patience, ct);
            return new ReadinessPart(name, PartStatus.Ok, null);
        }
        catch (ProblemException e)
        {
            return new ReadinessPart(name, PartStatus.Failed, e.Problem.Code);
        }
        catch (TimeoutException)
        {
            return new ReadinessPart(name, PartStatus.Failed, "timeout");
        }
    }
}

public enum ReadinessStatus
{
    Ready,
    NotReady,
}

public enum PartStatus
{
    Ok,
    Failed,
}

public sealed record ReadinessAnswer(ReadinessStatus Status, IReadOnlyList<ReadinessPart> Parts);

/// <param name="Name">server, disk, read, write, backup, mail or mailbox.</param>
/// <param name="Status">Whether it works.</param>
/// <param name="Detail">The code of what is wrong; of backup how old the last one is (ISO 8601), or none.</param>
public sealed record ReadinessPart(string Name, PartStatus Status, string? Detail);
