# Makes the fonts of this folder:
# python3 subset.py <NotoSans-Regular.ttf> <NotoSans-Bold.ttf> <NotoSansSC-Regular.ttf> <NotoSansHK-Regular.ttf> <NotoSansJP-Regular.ttf> <NotoSansKR-Regular.ttf>
import gzip
import sys
from io import BytesIO
from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

LATIN = {*range(0x20, 0x7f), *range(0xa0, 0x250), *range(0x370, 0x530), *range(0x1e00, 0x2000), *range(0x2010, 0x2028), *range(0x2030, 0x205f), *range(0x20a0, 0x20c0), *range(0x2100, 0x2150)}
CHINESE = {*range(0x2010, 0x2028), *range(0x2030, 0x205f), *range(0x2150, 0x2500), *range(0x25a0, 0x2700), *range(0x3000, 0x3100), *range(0xff01, 0xffef), 0xfffd}
# What names hold beyond both lists.
CHINESE |= set(map(ord, '喆堃祎珺昇烜玥鑫淼翀旻晞曦炘熠婳妤姝玟珂琪玮瑄璟璇羿翊翾昉昕昱晗晟晔暄暐玘玠珣珩珵琀琇琤琬琰瑀瑭瑱璠璥禛禩祺稑竑筠筱綦缙羲翥芃芮茗茜荻莀菡萱葳蓁蔺薏藜蘅袆誉谌赟轩迦邈郗鄢酆钊铖铭锴闫阚陟陳靳靖韫颀颉颢飏骁骥鸢麒黛龢仝佟俐俪倓倩偲儇冉冮凇劭勍厍吉呙哲啟喻嘉垚垟埼墉壎夔奂奕妍姗娅娉婕媛嫄嫣孜孛宓宸寯峤崟嵇嵘嵩巍帏庹弋彧徕徵忞怡恺悫惇愔憬懋戬扆拓捷揆撷敉斐斓旸昀昊昶晁晏暕暻曈'))


def codes(encoding, leads, trails):
    found = set()
    for lead in leads:
        for trail in trails:
            try:
                found.add(ord(bytes([lead, trail]).decode(encoding)))
            except UnicodeDecodeError:
                pass
    return found


CHINESE |= codes('gb2312', range(0xa1, 0xf8), range(0xa1, 0xff))                                   # simplified: all of GB 2312
CHINESE |= codes('big5', range(0xa4, 0xc7), [*range(0x40, 0x7f), *range(0xa1, 0xff)])              # traditional: what is frequent
CHINESE -= LATIN - set(range(0x2010, 0x205f))
RARE = {*range(0x3400, 0x4dc0), *range(0x4e00, 0xa000), *range(0xfa0e, 0xfa2a), *range(0x20000, 0x33480)} - CHINESE  # every other ideograph: what is drawn with a large font makes a large file
EXTENSION_A = set(map(ord, '㑇㑊㕮㘎㙍㙘㙦㛃㛚㛹㟃㠇㠓㤘㥄㧐㧑㧟㫰㬊㬎㬚㭎㭕㮾㰀㳇㳘㳚㴔㵐㶲㸆㸌㺄㻬㽏㿠䁖䂮䃅䃎䅟䌹䎃䎖䏝䏡䏲䐃䓖䓛䓨䓫䓬䗖䗛䗪䗴䜣䝙䢺䢼䣘䥽䦃䲟䲠䲢䴓䴔䴕䴖䴗䴘䴙䶮'))  # those in China's list of 2013
KOREAN = {*range(0xac00, 0xd7a4), *range(0x3131, 0x318f)}
had = set()


def make(source, target, wanted, name=None):
    font = TTFont(source, recalcTimestamp=False)
    options = subset.Options()
    options.hinting, options.layout_features, options.glyph_names, options.notdef_outline, options.name_IDs = False, [], False, True, [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.name_languages = [0x409]
    options.drop_tables += ['GSUB', 'GPOS', 'GDEF', 'BASE', 'vhea', 'vmtx', 'VORG', 'STAT', 'gasp']
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=wanted)
    subsetter.subset(font)
    had.update(font.getBestCmap())
    if not any(t.format == 12 for t in font['cmap'].tables):  # the one that the program reads
        whole = CmapSubtable.newSubtable(12)
        whole.platformID, whole.platEncID, whole.language, whole.cmap = 3, 10, 0, dict(font.getBestCmap())
        font['cmap'].tables.append(whole)
    font['cmap'].tables = [t for t in font['cmap'].tables if (t.platformID, t.format) in ((3, 4), (3, 12))]
    for entry in font['name'].names:
        if name and entry.nameID in (1, 4, 6):
            entry.string = name.replace(' ', '') if entry.nameID == 6 else name
    plain = BytesIO()
    font.save(plain)
    with open(target, 'wb') as file:
        file.write(gzip.compress(plain.getvalue(), mtime=0))
    print(target, len(font.getBestCmap()), len(plain.getvalue()), [(t.platformID, t.platEncID, t.format) for t in font['cmap'].tables])


make(sys.argv[1], 'NotoSans-Regular.ttf.gz', LATIN)
make(sys.argv[2], 'NotoSans-Bold.ttf.gz', LATIN)
make(sys.argv[3], 'NotoSansSC-Regular.ttf.gz', CHINESE)
make(sys.argv[3], 'NotoSansSC-Rare.ttf.gz', RARE - set(range(0x3400, 0x4dc0)) | EXTENSION_A, 'Noto Sans SC Rare')
make(sys.argv[4], 'NotoSansHK-Rare.ttf.gz', RARE - had, 'Noto Sans HK Rare')
make(sys.argv[5], 'NotoSansJP-Rare.ttf.gz', RARE - had, 'Noto Sans JP Rare')
make(sys.argv[6], 'NotoSansKR-Regular.ttf.gz', KOREAN)
