using System.Text;
using CsCheck;
using Isa.Events.Api.Http;

namespace Isa.Events.Tests.Http;

/// <summary>Rules that hold for every text, tried with random ones.</summary>
public class TextTests
{
    // Random code units find what nobody thought of; the picked ones make trouble often enough.
    private static readonly char[] Troublesome = ['\0', '\t', '\n', '\r', ' ', '\u00a0', '\u0308', 'u', 'ü', 'ß', 'İ', 'ı', '\u202e', '\u2066', '\u200b', '\ufeff', '\uffff', '\ud83d', '\ude00', '王', '．', '＠', '@', '.', '-', '"', '\\', '%', '_'];
    private static readonly Gen<string> Texts = Gen.OneOf(Gen.String, Gen.Int[0, Troublesome.Length - 1].Select(i => Troublesome[i]).Array[0, 12].Select(c => new string(c)));

    [Fact]
    public void What_was_cleaned_is_clean() => Texts.Sample(text =>
    {
        if (Text.Clean(text, out var refused) is not { } clean)
        {
            refused.ShouldNotBeNull();
            return;
        }

        refused.ShouldBeNull();
        clean.IsNormalized(NormalizationForm.FormC).ShouldBeTrue();
        clean.ShouldBe(clean.Trim());
        clean.Where(char.IsControl).ShouldAllBe(c => c == '\n' || c == '\t');
        clean.EnumerateRunes().ShouldAllBe(r => !Text.IsBidiControl(r.Value));
        Text.Clean(clean, out _).ShouldBe(clean);
    });

    [Fact]
    public void Both_spellings_of_a_name_are_found_alike() => Texts.Sample(text =>
    {
        if (Text.Clean(text, out _) is not { } clean) return;
        Text.Fold(clean.Normalize(NormalizationForm.FormD)).ShouldBe(Text.Fold(clean));
        Text.Fold(clean.ToUpperInvariant()).Length.ShouldBeGreaterThanOrEqualTo(0);
    });

    [Theory]
    [InlineData("Müller", "Mueller")]
    [InlineData("MÜLLER", "muller")]
    [InlineData("Weiß", "weiss")]
    [InlineData("Łódź", "lodz")]
    [InlineData("Ｗａｎｇ", "wang")]
    public void Spellings_of_one_name(string one, string other) => Text.Fold(one).ShouldBe(Text.Fold(other));

    [Fact]
    public void An_address_is_refused_or_has_one_form() => Gen.OneOf(Texts, Gen.Select(Texts, Texts, (local, domain) => $"{local}@{domain}.de")).Sample(text =>
    {
        if (!EmailAddress.TryNormalise(text, out var address, out var normalised)) return;
        address.ShouldNotContain(' ');
        address.Where(char.IsControl).ShouldBeEmpty();
        address.Count(c => c == '@').ShouldBe(1);
        EmailAddress.TryNormalise(address, out var again, out var same).ShouldBeTrue();
        again.ShouldBe(address);
        same.ShouldBe(normalised);
        EmailAddress.Normalise(normalised).ShouldBe(normalised);
    });

    [Theory]
    [InlineData("a@bücher.example", "a@xn--bcher-kva.example")]
    [InlineData("J.Weiss@EXAMPLE.org", "j.weiss@example.org")]
    [InlineData(" wang＠foshan．example ", "wang@foshan.example")]
    [InlineData("ju\u0308rgen@example.org", "jürgen@example.org")]
    [InlineData("ｗａｎｇ－１＠ｅｘａｍｐｌｅ。ｏｒｇ", "wang-1@example.org")]
    public void Spellings_of_one_address(string one, string other) => EmailAddress.Normalise(one).ShouldBe(EmailAddress.Normalise(other));

    [Theory]
    [InlineData("a@b")]
    [InlineData("a@-b.example")]
    [InlineData("a@b-.example")]
    [InlineData("\"a\r\nb\"@example.org")]
    [InlineData("a..b@example.org")]
    [InlineData(".a@example.org")]
    [InlineData("a@[127.0.0.1]")]
    [InlineData("a@127.0.0.1")]
    [InlineData("a@example..org")]
    [InlineData("a@b@example.org")]
    [InlineData("a\u0000@example.org")]
    [InlineData("a\ud800@example.org")]
    [InlineData("a@\ud800.org")]
    [InlineData("a,b@example.org")]
    [InlineData("<a@example.org>")]
    [InlineData("a%b.example@example.org")] // Postfix's allow_percent_hack, Sendmail
    [InlineData("a%b@example.org")]
    [InlineData("b.example!a@example.org")] // swap_bangpath
    [InlineData("@b.example:a@example.org")]
    [InlineData("|/bin/mail@example.org")]
    [InlineData("/var/mail/a@example.org")]
    [InlineData("/G=A/S=B@example.org")]
    [InlineData("-f@example.org")] // allow_min_user
    [InlineData(":include:/etc/passwd@example.org")]
    [InlineData("${run{a}}@example.org")]
    [InlineData("\\a@example.org")]
    [InlineData("a％b@example.org")]
    [InlineData("=?utf-8?q?x?=@example.org")] // an encoded word (RFC 2047)
    [InlineData("a=?iso-8859-1?b?eA==?=.b@example.org")]
    [InlineData("王\u3164@example.org")] // looks like 王@example.org
    [InlineData("wang\ufe0f@example.org")]
    [InlineData("wang\u034f@example.org")]
    public void No_addresses(string text) => EmailAddress.TryNormalise(text, out _, out _).ShouldBeFalse();

    [Theory]
    [InlineData("o'brien@example.org")]
    [InlineData("first.last+tag@example.org")]
    [InlineData("a=b&c@example.org")]
    [InlineData("a=?b@example.org")]
    [InlineData("=?=@example.org")]
    [InlineData("a-b_c/d|e@example.org")]
    [InlineData("#1{x}~$`^*?@example.org")]
    public void Addresses_as_some_people_have_them(string text)
    {
        EmailAddress.TryNormalise(text, out var address, out _).ShouldBeTrue();
        address.ShouldBe(text);
    }

    [Fact]
    public void A_cursor_of_anybodys_making_is_refused()
    {
        Gen.OneOf(Gen.String, Gen.Byte.Array[0, 60].Select(b => System.Buffers.Text.Base64Url.EncodeToString(b))).Sample(text => Cursor.TryParse(text, "x", byTime: false).ShouldBeNull());
        var forged = new Cursor("yesterday", "evt_1").Print("x");
        Cursor.TryParse(forged, "x", byTime: false).ShouldNotBeNull();
        Cursor.TryParse(forged, "x", byTime: true).ShouldBeNull();
        Cursor.TryParse(forged, "y", byTime: false).ShouldBeNull();
    }
}
