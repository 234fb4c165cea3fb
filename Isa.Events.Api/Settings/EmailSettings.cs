namespace Isa.Events.Api.Settings;

/// <summary>Section <c>Email</c>: who mails come from, how many leave, and how. Without <c>Email:Smtp:Host</c> they are laid down as files.</summary>
public sealed class EmailSettings
{
    /// <summary>Whether this process sends. Of several that share a database at least one must.</summary>
    public bool Send { get; set; } = true;

    /// <summary>The address that mails come from; <c>events@</c> and the host of <c>Server:PublicUrl</c> unless it is set. With SMTP it must be.</summary>
    public string? FromAddress { get; set; }

    /// <summary>The name beside it.</summary>
    public string? FromName { get; set; }

    /// <summary>Where answers of people go, unless a message says otherwise; by default to where mails come from.</summary>
    public string? ReplyTo { get; set; }

    /// <summary>Where the mail servers on the way report that they could not deliver; by default to where mails come from.</summary>
    public string? EnvelopeSender { get; set; }

    /// <summary>
    /// Where answers from calendars come back to: <c>reply@meetings.example.org</c>, with a token of its own for each registration (<c>reply+…@</c>). It needs a mailbox that takes
    /// such addresses and somebody who hands over what arrives (<c>Email:Imap</c> or ReceiveReply). Without it invites ask for no answer.
    /// </summary>
    public string? ReplyAddress { get; set; }

    /// <summary>Folder of the mails that are not sent, relative to the data folder: all without SMTP, and always those of tests.</summary>
    public string PickupFolder { get; set; } = "mail";

    /// <summary>Seconds that changes are collected before people are told of them, once (0 to 3600). Confirmations and cancellations leave at once.</summary>
    public int ChangeWindowSeconds { get; set; } = 60;

    /// <summary>Minutes that an organiser can undo what many are told of (0 to 60): calling an event off, moving it, moving people, a message. Nobody is told before; 0 tells at once, and nothing can be undone.</summary>
    public int UndoWindowMinutes { get; set; } = 5;

    /// <summary>Mails a second, of all processes together (1 to 10,000). Ask the operator of the mail server for its limit.</summary>
    public int MaxPerSecond { get; set; } = 50;

    /// <summary>Mails an hour to one address (1 to 100,000); what is more waits, except cancellations.</summary>
    public int MaxPerRecipientPerHour { get; set; } = 60;

    /// <summary>Mails an hour to an address that nobody has confirmed yet (1 to 1000): a form must not serve to fill somebody's mailbox.</summary>
    public int MaxPerUnconfirmedPerHour { get; set; } = 5;

    /// <summary>Days from its first attempt that a message is tried before it counts as failed (1 to 14).</summary>
    public int RetryDays { get; set; } = 4;

    /// <summary>Days that a mail which was sent, given up or needless is still listed (7 to 3650). It names a person, so it is not kept for ever.</summary>
    public int KeepDays { get; set; } = 90;

    /// <summary>Whether this process may read the mailbox of <c>Email:Imap</c>. Of several one does at a time.</summary>
    public bool Receive { get; set; } = true;

    /// <summary>The mail server.</summary>
    public SmtpSettings Smtp { get; set; } = new();

    /// <summary>The mailbox that answers come to.</summary>
    public ImapSettings Imap { get; set; } = new();
}

/// <summary>Section <c>Email:Imap</c>: the mailbox of <c>Email:ReplyAddress</c>. Everything in its folder is taken and moved on, so it is for nothing else.</summary>
public sealed class ImapSettings
{
    /// <summary>Name of the mail server, as its certificate has it. Without it no mailbox is read.</summary>
    public string? Host { get; set; }

    /// <summary>Its port; 0 for the usual one: 993 with <c>tls</c>, else 143.</summary>
    public int Port { get; set; }

    /// <summary><c>tls</c>: the connection is encrypted from its first byte; <c>startTls</c>: by the command STARTTLS, or not used; <c>none</c>: not at all, for a server on the same machine.</summary>
    public string Security { get; set; } = "tls";

    /// <summary>Who logs in.</summary>
    public string? User { get; set; }

    /// <summary>With which password. Better in the environment (<c>Email__Imap__Password</c>) than in a file.</summary>
    public string? Password { get; set; }

    /// <summary>How a token is got that is used instead of a password.</summary>
    public OAuthSettings OAuth { get; set; } = new();

    /// <summary>A file in PEM format with the authority that signed the server's certificate, where the system does not know it: an office's own.</summary>
    public string? Authority { get; set; }

    /// <summary>The folder that is read.</summary>
    public string Folder { get; set; } = "INBOX";

    /// <summary>Where mails are moved that were taken; it is made where there is none.</summary>
    public string HandledFolder { get; set; } = "Handled";

    /// <summary>Where mails are moved that somebody has to look at; it is made where there is none.</summary>
    public string ParkedFolder { get; set; } = "Parked";

    /// <summary>Seconds that connecting, and each command, may take (5 to 300).</summary>
    public int TimeoutSeconds { get; set; } = 60;

    internal int EffectivePort => Port > 0 ? Port : Security == "tls" ? 993 : 143;
}

/// <summary>Section <c>Email:Smtp</c>: the mail server that messages are handed to.</summary>
public sealed class SmtpSettings
{
    /// <summary>Name of the mail server, as its certificate has it. Without it nothing is sent.</summary>
    public string? Host { get; set; }

    /// <summary>Its port; 0 for the usual one: 587 with <c>startTls</c>, 465 with <c>tls</c>, 25 with <c>none</c>.</summary>
    public int Port { get; set; }

    /// <summary><c>startTls</c>: the connection is encrypted by the command STARTTLS, or not used; <c>tls</c>: from its first byte; <c>none</c>: not at all, for a server on the same machine.</summary>
    public string Security { get; set; } = "startTls";

    /// <summary>Who logs in; without it nobody does.</summary>
    public string? User { get; set; }

    /// <summary>With which password. Better in the environment (<c>Email__Smtp__Password</c>) than in a file.</summary>
    public string? Password { get; set; }

    /// <summary>How a token is got that is used instead of a password.</summary>
    public OAuthSettings OAuth { get; set; } = new();

    /// <summary>A file in PEM format with the authority that signed the server's certificate, where the system does not know it: an office's own.</summary>
    public string? Authority { get; set; }

    /// <summary>Connections at a time (1 to 32).</summary>
    public int Connections { get; set; } = 4;

    /// <summary>Seconds that the hand-over of one message may take (5 to 300), and its connecting.</summary>
    public int TimeoutSeconds { get; set; } = 60;

    internal int EffectivePort => Port > 0 ? Port : Security switch { "tls" => 465, "none" => 25, _ => 587 };
}

/// <summary>
/// Sections <c>Email:Smtp:OAuth</c> and <c>Email:Imap:OAuth</c>: a token (OAuth 2.0) instead of a password, for mail servers that take none. By client credentials, where the program
/// itself may use the mailbox (Microsoft 365); by a refresh token, where its owner has allowed it; or by the key of a service account (Google Workspace).
/// </summary>
public sealed class OAuthSettings
{
    /// <summary>Where tokens are given (<c>https://login.microsoftonline.com/…/oauth2/v2.0/token</c>); with a key file what it names. Without it, and without a key file, the password counts.</summary>
    public string? TokenUrl { get; set; }

    /// <summary>As whom this program is known there.</summary>
    public string? ClientId { get; set; }

    /// <summary>Its secret. Better in the environment (<c>Email__Smtp__OAuth__ClientSecret</c>) than in a file.</summary>
    public string? ClientSecret { get; set; }

    /// <summary>What the token is for: <c>https://outlook.office365.com/.default</c>, <c>https://mail.google.com/</c>.</summary>
    public string? Scope { get; set; }

    /// <summary>What the owner of the mailbox has allowed. Where the provider replaces it, the new one is kept in the data folder.</summary>
    public string? RefreshToken { get; set; }

    /// <summary>The key of a service account, a file in JSON as Google gives it.</summary>
    public string? KeyFile { get; set; }

    internal bool IsOn => TokenUrl is not null || KeyFile is not null;
}

public sealed class EmailSettingsValidator : AbstractValidator<EmailSettings>
{
    public EmailSettingsValidator()
    {
        RuleFor(s => s.FromAddress).Must(IsAddressOrNone).WithMessage("'{PropertyValue}' is not an address such as events@example.org.");
        RuleFor(s => s.FromAddress).NotEmpty().When(s => s.Smtp.Host is not null).WithMessage("is missing: the mail server named by Email:Smtp:Host asks who mails come from.");
        RuleFor(s => s.FromName).Must(IsLine).WithMessage("has more than one line, or more than 100 characters.");
        RuleFor(s => s.ReplyTo).Must(IsAddressOrNone).WithMessage("'{PropertyValue}' is not an address such as office@example.org.");
        RuleFor(s => s.ReplyTo).Must((s, office) => s.ReplyAddress is null || office is null || !new Email.OwnAddresses(Microsoft.Extensions.Options.Options.Create(s)).TakesAnswers(office)).WithMessage("is Email:ReplyAddress, which nobody but this server reads.");
        RuleFor(s => s.ReplyAddress).Must(IsPlusable).WithMessage("'{PropertyValue}' is not an address such as reply@meetings.example.org, in letters and digits, with at most 19 characters before the @ and no +.");
        RuleFor(s => s.EnvelopeSender).Must(IsAddressOrNone).WithMessage("'{PropertyValue}' is not an address such as bounces@example.org.");
        RuleFor(s => s.PickupFolder).NotEmpty();
        RuleFor(s => s.ChangeWindowSeconds).InclusiveBetween(0, 3600);
        RuleFor(s => s.UndoWindowMinutes).InclusiveBetween(0, 60);
        RuleFor(s => s.MaxPerSecond).InclusiveBetween(1, 10_000);
        RuleFor(s => s.MaxPerRecipientPerHour).InclusiveBetween(1, 100_000);
        RuleFor(s => s.MaxPerUnconfirmedPerHour).InclusiveBetween(1, 1000);
        RuleFor(s => s.RetryDays).InclusiveBetween(1, 14);
        RuleFor(s => s.KeepDays).InclusiveBetween(7, 3650);
        RuleFor(s => s.Smtp).SetValidator(new SmtpSettingsValidator());
        RuleFor(s => s.Imap).SetValidator(new ImapSettingsValidator());
        RuleFor(s => s.ReplyAddress).NotEmpty().When(s => s.Imap.Host is not null).WithMessage("is missing: it is the address whose mailbox Email:Imap names.");
    }

    private static bool IsAddressOrNone(string? text) => text is null || EmailAddress.TryNormalise(text, out _, out _);

    // A token of 44 characters follows, and 64 is what fits before the @.
    private static bool IsPlusable(string? text) => text is null || EmailAddress.TryNormalise(text, out _, out _) && text.All(char.IsAscii) && text.IndexOf('@') is > 0 and <= 19 && !text.Contains('+');

    private static bool IsLine(string? text) => text is null || text.Length <= 100 && !text.Any(char.IsControl);
}

public sealed class ImapSettingsValidator : AbstractValidator<ImapSettings>
{
    public ImapSettingsValidator()
    {
        RuleFor(s => s.Host).Must(h => h is null || Uri.CheckHostName(h) != UriHostNameType.Unknown).WithMessage("'{PropertyValue}' is not the name of a computer such as imap.example.org.");
        RuleFor(s => s.Port).InclusiveBetween(0, 65535);
        RuleFor(s => s.Security).Must(text => text is "startTls" or "tls" or "none").WithMessage("'{PropertyValue}' is none of startTls, tls, none.");
        RuleFor(s => s.Security).NotEqual("none").When(s => s.Host is not null && !SmtpSettingsValidator.IsLoopback(s.Host)).WithMessage("would send the password for everybody on the way to read. Set it to tls or startTls.");
        RuleFor(s => s.User).NotEmpty().When(s => s.Host is not null).WithMessage("is missing: a mailbox is somebody's.");
        RuleFor(s => s.Authority).Must(file => file is null || File.Exists(file)).WithMessage("'{PropertyValue}' is not there.");
        RuleFor(s => s.OAuth).SetValidator(new OAuthSettingsValidator());
        RuleFor(s => s.Password).Empty().When(s => s.OAuth.IsOn).WithMessage("is set beside Email:Imap:OAuth, which takes its place.");
        RuleFor(s => s.Folder).NotEmpty();
        RuleFor(s => s.HandledFolder).NotEmpty().NotEqual(s => s.Folder).WithMessage("is the folder that is read.");
        RuleFor(s => s.ParkedFolder).NotEmpty().NotEqual(s => s.Folder).WithMessage("is the folder that is read.");
        RuleFor(s => s.TimeoutSeconds).InclusiveBetween(5, 300);
    }
}

public sealed class OAuthSettingsValidator : AbstractValidator<OAuthSettings>
{
    public OAuthSettingsValidator()
    {
        RuleFor(s => s.TokenUrl).Must(IsSafe).WithMessage("'{PropertyValue}' is not an address such as https://login.example.org/token.");
        RuleFor(s => s.TokenUrl).NotEmpty().When(s => !s.IsOn && (s.ClientId ?? s.ClientSecret ?? s.Scope ?? s.RefreshToken) is not null).WithMessage("is missing: nobody gives a token.");
        RuleFor(s => s.ClientId).NotEmpty().When(s => s.IsOn && s.KeyFile is null).WithMessage("is missing: tokens are given to who is known.");
        RuleFor(s => s.ClientId).Empty().When(s => s.KeyFile is not null).WithMessage("is set beside a key file, which names it.");
        RuleFor(s => s.ClientSecret).NotEmpty().When(s => s.IsOn && s.KeyFile is null && s.RefreshToken is null).WithMessage("is missing: without it, a refresh token or a key file no token is given.");
        RuleFor(s => s.ClientSecret).Empty().When(s => s.KeyFile is not null).WithMessage("is set beside a key file, which takes its place.");
        RuleFor(s => s.RefreshToken).Empty().When(s => s.KeyFile is not null).WithMessage("is set beside a key file, which takes its place.");
        RuleFor(s => s.Scope).NotEmpty().When(s => s.IsOn && s.RefreshToken is null).WithMessage("is missing: a token is for something.");
        RuleFor(s => s.KeyFile).Must(file => file is null || Email.OAuthKey.TryRead(file) is not null).WithMessage("'{PropertyValue}' is not there, or not the key of a service account with client_email, private_key and token_uri.");
    }

    internal static bool IsSafe(string? url) => url is null || Uri.TryCreate(url, UriKind.Absolute, out var uri) && (uri.Scheme == "https" || uri.Scheme == "http" && uri.IsLoopback) && uri.UserInfo.Length == 0;
}

public sealed class SmtpSettingsValidator : AbstractValidator<SmtpSettings>
{
    public SmtpSettingsValidator()
    {
        RuleFor(s => s.Host).Must(h => h is null || Uri.CheckHostName(h) != UriHostNameType.Unknown).WithMessage("'{PropertyValue}' is not the name of a computer such as smtp.example.org.");
        RuleFor(s => s.Port).InclusiveBetween(0, 65535);
        RuleFor(s => s.Security).Must(text => text is "startTls" or "tls" or "none").WithMessage("'{PropertyValue}' is none of startTls, tls, none.");
        RuleFor(s => s.Password).Empty().When(s => s.User is null).WithMessage("is set without Email:Smtp:User.");
        RuleFor(s => s.User).Empty().When(s => s.Security == "none" && !IsLoopback(s.Host)).WithMessage("would be sent, with its password, for everybody on the way to read. Set Email:Smtp:Security to startTls or tls.");
        RuleFor(s => s.Authority).Must(file => file is null || File.Exists(file)).WithMessage("'{PropertyValue}' is not there.");
        RuleFor(s => s.OAuth).SetValidator(new OAuthSettingsValidator());
        RuleFor(s => s.Password).Empty().When(s => s.OAuth.IsOn).WithMessage("is set beside Email:Smtp:OAuth, which takes its place.");
        RuleFor(s => s.User).NotEmpty().When(s => s.OAuth.IsOn).WithMessage("is missing: Email:Smtp:OAuth gives a token for somebody's mailbox.");
        RuleFor(s => s.Connections).InclusiveBetween(1, 32);
        RuleFor(s => s.TimeoutSeconds).InclusiveBetween(5, 300);
    }

    internal static bool IsLoopback(string? host) => host is "localhost" || System.Net.IPAddress.TryParse(host, out var address) && System.Net.IPAddress.IsLoopback(address);
}
