using System.Text;
using Isa.Events.Api.Features.Replies;

namespace Isa.Events.Tests.Features.Replies;

public class Base32Tests
{
    // RFC 4648 s10, in lower case and without padding.
    [Theory]
    [InlineData("", "")]
    [InlineData("f", "my")]
    [InlineData("fo", "mzxq")]
    [InlineData("foo", "mzxw6")]
    [InlineData("foob", "mzxw6yq")]
    [InlineData("fooba", "mzxw6ytb")]
    [InlineData("foobar", "mzxw6ytboi")]
    public void Writes_and_reads_in_any_case(string plain, string encoded)
    {
        var bytes = Encoding.ASCII.GetBytes(plain);
        Base32.Encode(bytes).ShouldBe(encoded);
        var read = new byte[bytes.Length];
        Base32.TryDecode(encoded.ToUpperInvariant(), read).ShouldBeTrue();
        read.ShouldBe(bytes);
    }

    [Theory]
    [InlineData("m1", 1)]
    [InlineData("mz", 1)] // bits beyond the last byte
    [InlineData("my=", 1)]
    [InlineData("m", 1)]
    public void Refuses_what_it_would_not_write(string encoded, int bytes) => Base32.TryDecode(encoded, new byte[bytes]).ShouldBeFalse();
}
