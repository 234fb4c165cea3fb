namespace Isa.Events.Api.Email;

public enum DeliveryResult
{
    /// <summary>Somebody else answers for it now.</summary>
    Sent,

    /// <summary>Not now, perhaps later; or nobody knows.</summary>
    Deferred,

    /// <summary>Not now and not later.</summary>
    Refused,

    /// <summary>Nothing can be sent to anybody now; the message is not at fault.</summary>
    Unavailable,

    /// <summary>There was nothing to say any more.</summary>
    Needless,
}

/// <summary>What became of handing a message over.</summary>
/// <param name="Result">How it ended.</param>
/// <param name="Reason">What an organiser may read about it.</param>
public readonly record struct Delivery(DeliveryResult Result, string? Reason = null)
{
    /// <summary>Where the mail server said for good that there is no such mailbox: its code (RFC 3463).</summary>
    public string? BounceCode { get; init; }

    public static readonly Delivery Sent = new(DeliveryResult.Sent);
}

/// <summary>What stands between all mails and their mail server.</summary>
public enum MailTrouble
{
    Unreachable,

    /// <summary>It offers no encryption, and none other is allowed.</summary>
    NotEncrypted,

    UntrustedCertificate,

    LoginRefused,

    /// <summary>It does not take mails from this sender.</summary>
    SenderRefused,

    /// <summary>It passes nothing on for this server, to nobody.</summary>
    RelayRefused,

    /// <summary>It gives or moves no mail of the mailbox.</summary>
    Refused,
}
