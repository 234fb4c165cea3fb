using System.Text.Json.Nodes;

namespace Isa.Events.Faults.Ledgers;

/// <summary>One registration as its caller knows it: what was sent, and what came back. One caller at a time works on it.</summary>
/// <param name="number">Different for each.</param>
/// <param name="eventId">Of the event.</param>
/// <param name="siteId">The site that is wanted.</param>
/// <param name="email">Of the person; two entries may share it, and then one of them may be registered.</param>
public sealed class Entry(long number, string eventId, string siteId, string email)
{
    private bool _wentUnanswered;

    /// <summary>The Idempotency-Key. It also stands in the registration, so that a row tells which request made it.</summary>
    public string Key { get; } = $"attempt-{number}";

    public string EventId => eventId;

    public string SiteId => siteId;

    public string Email => email;

    /// <summary>Set by the first 2xx.</summary>
    public string? Id { get; private set; }

    /// <summary>The last answer to registering, or null where none came.</summary>
    public Answer? Registration { get; private set; }

    /// <summary>When registering was first sent, in ticks of the stopwatch; 0 before.</summary>
    public long FirstSentAt { get; set; }

    public bool CancelSent { get; set; }

    /// <summary>Whether cancelling was answered with 2xx.</summary>
    public bool Cancelled { get; set; }

    /// <summary>Whether each answer said that nothing was stored.</summary>
    public bool IsDenied => Id is null && !_wentUnanswered && Registration is { Code: "busy" or "storage-unavailable" };

    public bool IsRefused => Id is null && Registration is { IsForLater: false };

    /// <summary>Whether nothing is in doubt: each request has an answer that is not "later".</summary>
    public bool IsSettled => (Id is not null || IsRefused) && CancelSent == Cancelled;

    public string Body => new JsonObject
    {
        ["siteId"] = siteId, ["fullName"] = $"王小明 {number}", ["email"] = email, ["language"] = "zh", ["audience"] = "cityRepresentative", ["organisation"] = Key, ["noticeVersion"] = "1",
    }.ToJsonString();

    /// <summary>Takes an answer to registering.</summary>
    /// <returns>What is wrong with it after those before, or null.</returns>
    public (Violation Kind, string What)? Take(Answer? answer)
    {
        if (answer is null)
        {
            _wentUnanswered = true;
            return null; // what was known stays known
        }

        var earlier = (Id, Registration);
        if (answer.IsSuccess)
        {
            Registration = answer;
            if (earlier.Id is null) Id = answer.Id;
            return answer.Status != 201 || answer.Id is null ? (Violation.Other, $"{Key} was answered {answer.Status} without an id")
                : earlier.Id is not null && earlier.Id != answer.Id ? (Violation.Doubled, $"{Key} was answered {earlier.Id} and later {answer.Id}")
                : earlier.Id is not null && !answer.Replayed ? (Violation.Doubled, $"{Key} was made twice")
                : null;
        }

        if (answer.IsForLater)
        {
            if (Id is null) Registration = answer;
            return null;
        }

        if (Id is not null) return (Violation.Lost, $"{Key} had been answered 201 and was then refused: {answer.Status} {answer.Code}");
        Registration = answer;
        return answer.Status == 409 && answer.Code is "site-full" or "already-registered" or "event-cancelled" ? null : (Violation.Other, $"{Key} was answered {answer.Status} {answer.Code}");
    }
}
