namespace Isa.Events.Api.Features.Replies;

/// <summary>What somebody answered in their calendar (RFC 5545 s3.2.12).</summary>
public enum CalendarReply
{
    NeedsAction,
    Accepted,
    Tentative,
    Declined,
}

/// <summary>What somebody who had registered for another day has said since the event was moved.</summary>
public enum AnswerAfterChange
{
    /// <summary>They were asked again.</summary>
    Awaited,
    Accepted,
    Tentative,
    Declined,
}

/// <summary>What is wrong with somebody's address.</summary>
public enum MailState
{
    /// <summary>A mail to it came back for good.</summary>
    Bounced,
}
