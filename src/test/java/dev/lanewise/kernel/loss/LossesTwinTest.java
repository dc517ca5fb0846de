package dev.lanewise.kernel.loss;

import dev.lanewise.cases.FamilyTwins;

class LossesTwinTest extends FamilyTwins {}
