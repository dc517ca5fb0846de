package dev.lanewise.kernel.pool;

import dev.lanewise.cases.FamilyTwins;

class MaxPool2dTwinTest extends FamilyTwins {}
