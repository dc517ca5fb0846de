package dev.lanewise.kernel.pointwise;

import dev.lanewise.cases.FamilyTwins;

class ElementwiseTwinTest extends FamilyTwins {}
