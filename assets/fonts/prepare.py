#!/usr/bin/env python3
"""Makes the embedded faces from the published ones (fontTools 4):

    prepare.py FACE.ttf OUT.ttf UNICODES

Keeps the characters of UNICODES (as pyftsubset writes them), makes tabular figures the
default ones, and writes the pair kerning of GPOS as a `kern` table, which is what the
rasteriser reads. Hints and everything else that is not read are dropped.
"""
import sys

from fontTools import subset
from fontTools.ttLib import TTFont, newTable
from fontTools.ttLib.tables._k_e_r_n import KernTable_format_0

MAX_PAIRS = 10_900  # what one subtable's 16-bit length allows


def tabular(font):
    """Points the digits at the glyphs that the feature `tnum` has for them."""
    if "GSUB" not in font:
        return
    table = font["GSUB"].table
    lookups = {
        index
        for record in table.FeatureList.FeatureRecord
        if record.FeatureTag == "tnum"
        for index in record.Feature.LookupListIndex
    }
    swaps = {}
    for index in lookups:
        for sub in table.LookupList.Lookup[index].SubTable:
            swaps.update(getattr(getattr(sub, "ExtSubTable", sub), "mapping", {}))
    for cmap in font["cmap"].tables:
        for code, name in list(cmap.cmap.items()):
            if chr(code).isdigit() and name in swaps:
                cmap.cmap[code] = swaps[name]


def pairs(font):
    """The horizontal kerning of glyph pairs: the first subtable that knows a pair decides."""
    table = font["GPOS"].table
    lookups = []
    for record in table.FeatureList.FeatureRecord:
        if record.FeatureTag == "kern":
            lookups += [i for i in record.Feature.LookupListIndex if i not in lookups]
    names = set(font.getBestCmap().values())
    found = {}
    for index in lookups:
        for sub in table.LookupList.Lookup[index].SubTable:
            sub = getattr(sub, "ExtSubTable", sub)
            if sub.LookupType != 2:
                continue
            firsts = [n for n in sub.Coverage.glyphs if n in names]
            if sub.Format == 1:
                for first, group in zip(sub.Coverage.glyphs, sub.PairSet):
                    for pair in group.PairValueRecord:
                        if first in names and pair.SecondGlyph in names and pair.Value1:
                            key = (first, pair.SecondGlyph)
                            found.setdefault(key, getattr(pair.Value1, "XAdvance", 0) or 0)
                continue
            for first in firsts:
                row = sub.Class1Record[sub.ClassDef1.classDefs.get(first, 0)].Class2Record
                for second in names:
                    value = row[sub.ClassDef2.classDefs.get(second, 0)].Value1
                    amount = getattr(value, "XAdvance", 0) or 0 if value else 0
                    if amount:
                        found.setdefault((first, second), amount)
    return {pair: value for pair, value in found.items() if value}


def kern(font):
    found = pairs(font)
    # The largest corrections first, should there be too many.
    most = sorted(found.items(), key=lambda item: (-abs(item[1]), item[0]))[:MAX_PAIRS]
    sub = KernTable_format_0()
    sub.version, sub.coverage, sub.apple, sub.kernTable = 0, 1, False, dict(most)
    table = newTable("kern")
    table.version, table.kernTables = 0, [sub]
    font["kern"] = table
    return len(found), len(most)


def main():
    source, target, unicodes = sys.argv[1:]
    font = TTFont(source)
    tabular(font)
    options = subset.Options(
        hinting=False, layout_features=["kern"], name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14],
        notdef_outline=True, glyph_names=True, legacy_kern=True, drop_tables=["GSUB", "DSIG"],
    )
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=subset.parse_unicodes(unicodes))
    subsetter.subset(font)
    print(source, "pairs found, kept:", kern(font))
    for tag in ("GPOS", "GDEF", "GSUB", "STAT", "gasp", "prep"):
        if tag in font:
            del font[tag]
    font["post"].formatType = 3.0
    font.save(target)


if __name__ == "__main__":
    main()
