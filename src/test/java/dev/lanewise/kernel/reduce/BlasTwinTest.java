package dev.lanewise.kernel.reduce;

import dev.lanewise.cases.FamilyTwins;

class BlasTwinTest extends FamilyTwins {}
