package dev.lanewise.kernel.pool;

import dev.lanewise.cases.FamilyTwins;

class AveragePool2dTwinTest extends FamilyTwins {}
