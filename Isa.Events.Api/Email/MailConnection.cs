using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using MailKit;
using MailKit.Security;

namespace Isa.Events.Api.Email;

/// <summary>What connections to mail servers have in common, whether mails are handed over or fetched.</summary>
internal static class MailConnection
{
    /// <param name="client">Not connected yet.</param>
    /// <param name="authority">A file in PEM format with the authority that may have signed the server's certificate, or null.</param>
    public static void Prepare(MailService client, string? authority)
    {
        client.CheckCertificateRevocation = false; // many offices' networks do not lead to the lists of revoked ones
        if (authority is not null) client.ServerCertificateValidationCallback = (_, certificate, _, errors) => IsTrusted(certificate, errors, authority);
    }

    /// <param name="security">As settings name it.</param>
    public static SecureSocketOptions Encryption(string security) => security switch
    {
        "tls" => SecureSocketOptions.SslOnConnect,
        "none" => SecureSocketOptions.None,
        _ => SecureSocketOptions.StartTls,
    };

    /// <summary>What a failed beginning says of the server or of how it is set up, in words for whoever runs this one; null where it may be anything.</summary>
    /// <param name="e">The failure.</param>
    /// <param name="connected">Whether only the login was left.</param>
    /// <param name="host">The server.</param>
    /// <param name="section">Of the settings: <c>Email:Smtp</c>.</param>
    /// <param name="done">What does not happen without encryption: <c>sent</c>.</param>
    public static (MailTrouble Kind, string Words)? TroubleOf(Exception e, bool connected, string host, string section, string done) => e switch
    {
        MailLoginException own => (own.Kind, own.Message),
        SslHandshakeException => (MailTrouble.UntrustedCertificate, $"its certificate is not valid for {host}, or nobody this system trusts has signed it ({section}:Authority)"),
        AuthenticationException => (MailTrouble.LoginRefused, $"it refuses {section}:User with this {section}:Password"),
        NotSupportedException when connected => (MailTrouble.LoginRefused, "it offers no way to log in that this program knows"),
        NotSupportedException => (MailTrouble.NotEncrypted, $"it does not offer STARTTLS, and without encryption nothing is {done} ({section}:Security)"),
        OperationCanceledException => (MailTrouble.Unreachable, "it does not answer in time"),
        _ => null,
    };

    /// <summary>Whether a certificate is signed by somebody this system trusts, or by this authority.</summary>
    internal static bool IsTrusted(X509Certificate? certificate, SslPolicyErrors errors, string authority)
    {
        if (errors == SslPolicyErrors.None) return true;
        if (certificate is null || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != 0) return false; // the name must be right whoever signed it
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.ImportFromPemFile(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        using var server = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        return chain.Build(server);
    }
}
