using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Email;

/// <summary>The mailboxes that this server itself writes from and reads: a mail to one of them reaches nobody, and may come round for ever.</summary>
public sealed class OwnAddresses(IOptions<EmailSettings> settings)
{
    private readonly string? _from = settings.Value.FromAddress is { } from ? EmailAddress.Normalise(from) : null;
    private readonly string[]? _answers = settings.Value.ReplyAddress is { } answers ? EmailAddress.Normalise(answers).Split('@') : null;

    /// <summary>Whether mails come from it, or answers to it.</summary>
    public bool Contains(string address)
    {
        if (_from is null && _answers is null) return false;
        var normalised = EmailAddress.Normalise(address);
        return normalised == _from || TakesNormalised(normalised);
    }

    /// <summary>Whether answers come to it, whatever stands behind a plus.</summary>
    public bool TakesAnswers(string address) => _answers is not null && TakesNormalised(EmailAddress.Normalise(address));

    private bool TakesNormalised(string normalised) =>
        _answers is [var name, var domain] && normalised.Split('@') is [var local, var host] && host == domain && local.Split('+')[0] == name;
}
